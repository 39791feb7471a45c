/** What OpenAI and its imitators report as usage. */
import type { Usage } from '../entry/entry.js'
import { sumOf } from '../entry/given-parts.js'
import { MAX_USD } from '../entry/validate.js'
import { type CountReader, type Fields, fieldsOf, isFields } from './reported.js'
import { normaliseWith, type ReportedTokens } from './reported-usage.js'

/** As normaliseUsage('openai', …). */
export function normaliseOpenAIUsage(reported: unknown): Usage | undefined {
  return normaliseWith(readOpenAIUsage, reported)
}

/**
 * The usage object of chat completions and embeddings (`prompt_tokens`, …), of responses, images and transcriptions
 * (`input_tokens`, …) or of realtime (`input_token_details`, …). The prompt has cached tokens and audio in it, the
 * completion has reasoning and audio.
 */
export function readOpenAIUsage(reported: Fields, counts: CountReader): ReportedTokens {
  const input = fieldsOf(reported, 'prompt_tokens_details', 'input_tokens_details', 'input_token_details')
  const output = fieldsOf(
    reported,
    'completion_tokens_details',
    'output_tokens_details',
    'output_token_details',
  )
  const cached = fieldsOf(input, 'cached_tokens_details')
  const hit = counts.count('cache_read_tokens', reported, 'prompt_cache_hit_tokens')
  const missed = counts.count('prompt_tokens', reported, 'prompt_cache_miss_tokens')
  const prompt =
    counts.count('prompt_tokens', reported, 'prompt_tokens', 'input_tokens') ??
    (missed === undefined ? undefined : sumOf(hit, missed))
  const total = counts.count('total_tokens', reported, 'total_tokens')
  const reasoning = counts.count('reasoning_tokens', output, 'reasoning_tokens')
  const completion = counts.count('completion_tokens', reported, 'completion_tokens', 'output_tokens')
  const isOutside = reasoningIsOutside(prompt, completion, total, reasoning)
  if (isOutside) counts.repaired.add('completion_tokens')
  const audio = counts.count('input_audio_tokens', input, 'audio_tokens')
  const cachedAudio = counts.count('input_audio_tokens', cached, 'audio_tokens')
  return {
    prompt,
    completion: isOutside ? sumOf(completion, reasoning) : completion,
    total,
    cacheRead:
      counts.count('cache_read_tokens', input, 'cached_tokens') ??
      hit ??
      counts.count('cache_read_tokens', reported, 'cached_tokens', 'cache_read_input_tokens'),
    cacheWrite:
      counts.count('cache_write_tokens', input, 'cache_write_tokens') ??
      counts.count('cache_write_tokens', reported, 'cache_creation_input_tokens'),
    inputAudio: audio === undefined ? undefined : Math.max(0, audio - (cachedAudio ?? 0)),
    reasoning,
    outputAudio: counts.count('output_audio_tokens', output, 'audio_tokens'),
  }
}

/** Some leave reasoning out of the completion. The total tells, or that the completion could not hold it. */
function reasoningIsOutside(
  prompt: number | undefined,
  completion: number | undefined,
  total: number | undefined,
  reasoning: number | undefined,
): boolean {
  if (completion === undefined || reasoning === undefined || reasoning === 0) return false
  if (total === undefined) return reasoning > completion
  return total === (prompt ?? 0) + completion + reasoning
}

/** The USD amount that OpenRouter puts into the usage; undefined elsewhere, and for more than an entry may hold. */
export function reportedCost(reported: unknown): number | undefined {
  const cost = isFields(reported) ? reported.cost : undefined
  return typeof cost === 'number' && cost >= 0 && cost <= MAX_USD ? cost : undefined
}
