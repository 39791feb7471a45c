/** The counts of a request and the law they keep: the parts of a whole are disjoint, and never more than the whole. */

/** Tokens; a count that was not given is 0. */
export class TokenCounts {
  prompt = 0
  completion = 0
  /** Parts of the prompt. What is left of it is text that came from no cache. */
  cacheRead = 0
  cacheWrite = 0
  inputAudio = 0
  /** Part of cacheWrite. */
  cacheWrite1h = 0
  /** Parts of the completion. What is left of it is text. */
  reasoning = 0
  outputAudio = 0
}

/**
 * Makes the law hold: in the order above each part is cut to what the parts before it left of the whole. Gives the names
 * that the fields which were cut have in an entry.
 */
export function fitParts(counts: TokenCounts): string[] {
  const cut: string[] = []
  const { prompt, completion } = counts
  counts.cacheRead = atMost(prompt, counts.cacheRead, 'cache_read_tokens', cut)
  const uncached = prompt - counts.cacheRead
  counts.cacheWrite = atMost(uncached, counts.cacheWrite, 'cache_write_tokens', cut)
  counts.inputAudio = atMost(uncached - counts.cacheWrite, counts.inputAudio, 'input_audio_tokens', cut)
  counts.cacheWrite1h = atMost(counts.cacheWrite, counts.cacheWrite1h, 'cache_write_1h_tokens', cut)
  counts.reasoning = atMost(completion, counts.reasoning, 'reasoning_tokens', cut)
  const spoken = completion - counts.reasoning
  counts.outputAudio = atMost(spoken, counts.outputAudio, 'output_audio_tokens', cut)
  return cut
}

function atMost(limit: number, count: number, field: string, cut: string[]): number {
  if (count <= limit) return count
  cut.push(field)
  return limit
}
