/** What Amazon Bedrock reports as usage: Converse, Nova's own API, the metrics of InvokeModel, and the models' own forms. */
import { sumOf } from '../entry/given-parts.js'
import { readAnthropicUsage } from './anthropic-usage.js'
import { type CountReader, type Fields, fieldsOf, isFields, rowsOf } from './reported.js'
import type { ReportedTokens } from './reported-usage.js'

/** Where the last chunk of InvokeModelWithResponseStream has them. */
const METRICS = 'amazon-bedrock-invocationMetrics'

/**
 * `inputTokens` is only what neither came from the cache nor went into it. Claude called by InvokeModel answers in
 * Anthropic's names, Llama and Titan in names of their own.
 */
export function readBedrockUsage(given: Fields, counts: CountReader): ReportedTokens {
  const reported = isFields(given[METRICS]) ? fieldsOf(given, METRICS) : given
  if ('input_tokens' in reported || 'output_tokens' in reported) return readAnthropicUsage(reported, counts)
  const count = (as: string, ...names: readonly string[]): number | undefined =>
    counts.count(as, reported, ...names)
  const rows = rowsOf(reported, 'cacheDetails').map((row) => ({
    isHour: row.ttl === '1h',
    tokens: counts.count('cache_write_tokens', row, 'inputTokens'),
  }))
  const read = count('cache_read_tokens', 'cacheReadInputTokens', 'cacheReadInputTokenCount')
  const write =
    count('cache_write_tokens', 'cacheWriteInputTokens', 'cacheWriteInputTokenCount') ??
    sumOf(...rows.map(({ tokens }) => tokens))
  const uncached = count(
    'prompt_tokens',
    'inputTokens',
    'inputTokenCount',
    'prompt_token_count',
    'inputTextTokenCount',
  )
  return {
    prompt: sumOf(uncached, write, read),
    completion: count('completion_tokens', 'outputTokens', 'outputTokenCount', 'generation_token_count'),
    total: count('total_tokens', 'totalTokens'),
    cacheRead: read,
    cacheWrite: write,
    cacheWrite1h: sumOf(...rows.filter(({ isHour }) => isHour).map(({ tokens }) => tokens)),
  }
}
