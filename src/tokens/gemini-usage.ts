/** What Gemini reports as `usageMetadata`: generateContent, its streams, embeddings and the Live API, also on Vertex. */
import { sumOf } from '../entry/given-parts.js'
import { type CountReader, type Fields, rowsOf } from './reported.js'
import type { ReportedTokens } from './reported-usage.js'

/**
 * The prompt has cached content in it but not the results of Google's own tools; thoughts stand beside the answer. Audio
 * is told by lists of modalities. The names of the Python SDK (`prompt_token_count`) are read as well.
 */
export function readGeminiUsage(reported: Fields, counts: CountReader): ReportedTokens {
  const count = (as: string, ...names: readonly string[]): number | undefined =>
    counts.count(as, reported, ...names.flatMap((name) => [name, snakeCase(name)]))
  const audio = (as: string, ...lists: readonly string[]): number | undefined => {
    const rows = lists.flatMap((list) => rowsOf(reported, list, snakeCase(list)))
    const spoken = rows.filter(({ modality }) => modality === 'AUDIO')
    return sumOf(...spoken.map((row) => counts.count(as, row, 'tokenCount', 'token_count')))
  }
  const total = count('total_tokens', 'totalTokenCount')
  const prompt = sumOf(
    count('prompt_tokens', 'promptTokenCount'),
    count('prompt_tokens', 'toolUsePromptTokenCount'),
  )
  const answer = count('completion_tokens', 'candidatesTokenCount', 'responseTokenCount')
  const thoughts = count('reasoning_tokens', 'thoughtsTokenCount')
  const heard = audio('input_audio_tokens', 'promptTokensDetails', 'toolUsePromptTokensDetails')
  const cachedAudio = audio('input_audio_tokens', 'cacheTokensDetails') ?? 0
  return {
    prompt,
    completion: completionOf(prompt, answer, thoughts, total),
    total,
    cacheRead: count('cache_read_tokens', 'cachedContentTokenCount'),
    inputAudio: heard === undefined ? undefined : Math.max(0, heard - cachedAudio),
    reasoning: thoughts,
    outputAudio: audio('output_audio_tokens', 'candidatesTokensDetails', 'responseTokensDetails'),
  }
}

/** Without an answer's count the total tells it. Where the total only fits without the thoughts, the answer has them in it. */
function completionOf(
  prompt: number | undefined,
  answer: number | undefined,
  thoughts: number | undefined,
  total: number | undefined,
): number | undefined {
  if (answer === undefined && total !== undefined && prompt !== undefined) return undefined
  const isInside =
    answer !== undefined &&
    (thoughts ?? 0) <= answer &&
    total === (prompt ?? 0) + answer &&
    prompt !== undefined
  return isInside ? answer : sumOf(answer, thoughts)
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
