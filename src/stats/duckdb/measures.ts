/** The measures of a group of entries: the aggregates, and the row of them as Measures. */
import type { Measures, Percentiles } from '../stats-engine.js'
import { STATE } from './lines.js'
import { numberOf, type Row } from './session.js'

/** Exact sums in any order: money as decimals, milliseconds by Kahan's sum. */
export const MEASURES_SQL = `
  count(*) FILTER (WHERE state = ${STATE.pending}) AS pending,
  count(*) FILTER (WHERE state = ${STATE.interrupted}) AS interrupted,
  count(*) FILTER (WHERE state = ${STATE.success}) AS success,
  count(*) FILTER (WHERE state = ${STATE.failed}) AS failed,
  sum(prompt)::DOUBLE AS prompt,
  sum(completion)::DOUBLE AS completion,
  sum(cache_read)::DOUBLE AS cache_read,
  sum(cache_write)::DOUBLE AS cache_write,
  sum(reasoning)::DOUBLE AS reasoning,
  sum(try_cast(cost AS DECIMAL(38, 12)))::DOUBLE AS cost,
  count(*) FILTER (WHERE state >= ${STATE.success} AND cost IS NULL AND coalesce(prompt, 0) + coalesce(completion, 0) > 0) AS unpriced,
  count(*) FILTER (WHERE estimated) AS estimated,
  count(*) FILTER (WHERE summarized AND state >= ${STATE.success}) AS summarized,
  count(latency) AS latency_count,
  fsum(latency) AS latency_sum,
  ${percentilesSql('latency')},
  ${percentilesSql('first_token')},
  sum(completion) FILTER (WHERE completion > 0 AND latency > 0)::DOUBLE AS timed_completion,
  fsum(latency) FILTER (WHERE completion > 0 AND latency > 0) AS timed_latency`

function percentilesSql(column: string): string {
  return `quantile_disc(${column}, [0.5, 0.9, 0.95, 0.99]) AS ${column}_ranks, max(${column}) AS ${column}_max`
}

export function measuresOf(row: Row): Measures {
  const successfulRequests = numberOf(row.success)
  const failedRequests = numberOf(row.failed)
  const totalRequests = successfulRequests + failedRequests
  const promptTokens = numberOf(row.prompt)
  const completionTokens = numberOf(row.completion)
  return {
    totalRequests,
    successfulRequests,
    failedRequests,
    pendingRequests: numberOf(row.pending),
    interruptedRequests: numberOf(row.interrupted),
    errorRate: ratio(failedRequests, totalRequests),
    totalTokens: promptTokens + completionTokens,
    promptTokens,
    completionTokens,
    cacheReadTokens: numberOf(row.cache_read),
    cacheWriteTokens: numberOf(row.cache_write),
    reasoningTokens: numberOf(row.reasoning),
    averageLatencyMs: ratio(numberOf(row.latency_sum), numberOf(row.latency_count)),
    latencyMs: percentilesOf(row, 'latency'),
    timeToFirstTokenMs: percentilesOf(row, 'first_token'),
    outputTokensPerSecond: ratio(numberOf(row.timed_completion) * 1000, numberOf(row.timed_latency)),
    estimatedCost: numberOf(row.cost),
    unpricedRequests: numberOf(row.unpriced),
    estimatedUsageRequests: numberOf(row.estimated),
    summarizedRequests: numberOf(row.summarized),
  }
}

function percentilesOf(row: Row, column: string): Percentiles {
  const ranks = row[`${column}_ranks`]
  const [p50, p90, p95, p99]: unknown[] = Array.isArray(ranks) ? ranks : []
  return {
    p50: numberOf(p50),
    p90: numberOf(p90),
    p95: numberOf(p95),
    p99: numberOf(p99),
    max: numberOf(row[`${column}_max`]),
  }
}

/** 0, never NaN, of nothing. */
function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0
}
