/** What Anthropic's messages report as usage, there and on Bedrock and Vertex. */
import { sumOf } from '../entry/given-parts.js'
import { type CountReader, type Fields, fieldsOf, isFields } from './reported.js'
import type { ReportedTokens } from './reported-usage.js'

/**
 * `input_tokens` is only what neither came from the cache nor went into it, so the prompt is the sum of three counts.
 * What went into it is told by how long it stays, or as one count, or both. `output_tokens` has thinking in it.
 */
export function readAnthropicUsage(reported: Fields, counts: CountReader): ReportedTokens {
  const written = fieldsOf(reported, 'cache_creation')
  const hour = counts.count('cache_write_1h_tokens', written, 'ephemeral_1h_input_tokens')
  const minutes = counts.count('cache_write_tokens', written, 'ephemeral_5m_input_tokens')
  const write =
    counts.count('cache_write_tokens', reported, 'cache_creation_input_tokens') ?? sumOf(minutes, hour)
  const read = counts.count('cache_read_tokens', reported, 'cache_read_input_tokens')
  const uncached = counts.count('prompt_tokens', reported, 'input_tokens')
  return {
    prompt: sumOf(uncached, write, read),
    completion: counts.count('completion_tokens', reported, 'output_tokens'),
    cacheRead: read,
    cacheWrite: write,
    cacheWrite1h: hour,
    reasoning: counts.count(
      'reasoning_tokens',
      fieldsOf(reported, 'output_tokens_details'),
      'thinking_tokens',
    ),
  }
}

/**
 * One usage object of those that a stream carries: `message_start` has the input, each `message_delta` counts up to
 * where the answer is. Of a field that came several times the last number holds; a null says nothing.
 */
export function mergeAnthropicUsage(earlier: unknown, later: unknown): Fields | undefined {
  if (!isFields(later)) return isFields(earlier) ? earlier : undefined
  if (!isFields(earlier)) return later
  const told = Object.entries(later).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries([...Object.entries(earlier), ...told])
}
