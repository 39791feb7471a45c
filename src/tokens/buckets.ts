/** A usage as tokens that are each in one bucket, which is what a price is multiplied with. */
import type { Usage } from '../entry/entry.js'
import { GivenParts } from '../entry/given-parts.js'
import { TokenCounts } from '../entry/token-counts.js'

/** Tokens. The first five sum to the prompt, the last three to the completion. */
export interface TokenBuckets {
  /** Text and whatever else is priced as such, from no cache. */
  readonly uncachedInput: number
  readonly inputAudio: number
  readonly cacheRead: number
  readonly cacheWrite5m: number
  readonly cacheWrite1h: number
  readonly outputText: number
  readonly reasoning: number
  readonly outputAudio: number
}

/** The buckets of a usage as it is logged. One that breaks the law is repaired as it would be when it is logged. */
export function bucketsOf(usage: Usage): TokenBuckets {
  const given = partsOf(usage)
  const counts = new TokenCounts()
  const [prompt, completion] = [countOf(usage.prompt_tokens), countOf(usage.completion_tokens)]
  const isTotalOnly = prompt === undefined && completion === undefined
  const total = isTotalOnly ? countOf(usage.total_tokens) : undefined
  counts.prompt = prompt ?? total ?? given.input() ?? 0
  counts.completion = completion ?? (total === undefined ? given.output() : 0) ?? 0
  given.fitInto(counts)
  return {
    uncachedInput: counts.prompt - counts.cacheRead - counts.cacheWrite - counts.inputAudio,
    inputAudio: counts.inputAudio,
    cacheRead: counts.cacheRead,
    cacheWrite5m: counts.cacheWrite - counts.cacheWrite1h,
    cacheWrite1h: counts.cacheWrite1h,
    outputText: counts.completion - counts.reasoning - counts.outputAudio,
    reasoning: counts.reasoning,
    outputAudio: counts.outputAudio,
  }
}

function partsOf(usage: Usage): GivenParts {
  const parts = new GivenParts()
  parts.cache_read_tokens = countOf(usage.cache_read_tokens)
  parts.cache_write_tokens = countOf(usage.cache_write_tokens)
  parts.cache_write_1h_tokens = countOf(usage.cache_write_1h_tokens)
  parts.input_audio_tokens = countOf(usage.input_audio_tokens)
  parts.reasoning_tokens = countOf(usage.reasoning_tokens)
  parts.output_audio_tokens = countOf(usage.output_audio_tokens)
  return parts
}

/** Undefined for what is no count. */
function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && Number.isSafeInteger(value) ? value : undefined
}
