/** The measures of a group from its sums. */
import type { BreakdownRow, Measures, Percentiles } from '../stats-engine.js'
import { PICO_PER_USD } from '../usd.js'
import { type Cell, SUM } from './cell.js'
import type { Histogram } from './histogram.js'

const PERCENTS = [50, 90, 95, 99]

export function measuresOf({
  cell,
  pending,
  interrupted,
}: {
  readonly cell: Cell
  readonly pending: number
  readonly interrupted: number
}): Measures {
  const { requests: _requests, tokens: _tokens, ...measures } = groupMeasuresOf(cell, pending, interrupted)
  return measures
}

/** A row that is to get its names. One literal: an answer has thousands of them. */
export function groupMeasuresOf(cell: Cell, pending: number, interrupted: number): BreakdownRow {
  const sum = (at: number): number => cell.sums[at] ?? 0
  const successfulRequests = sum(SUM.success)
  const failedRequests = sum(SUM.failed)
  const totalRequests = successfulRequests + failedRequests
  const promptTokens = sum(SUM.prompt)
  const completionTokens = sum(SUM.completion)
  return {
    totalRequests,
    successfulRequests,
    failedRequests,
    pendingRequests: pending,
    interruptedRequests: interrupted,
    errorRate: ratio(failedRequests, totalRequests),
    totalTokens: promptTokens + completionTokens,
    promptTokens,
    completionTokens,
    cacheReadTokens: sum(SUM.cacheRead),
    cacheWriteTokens: sum(SUM.cacheWrite),
    reasoningTokens: sum(SUM.reasoning),
    averageLatencyMs: ratio(sum(SUM.latencySum), sum(SUM.latencyCount)),
    latencyMs: percentilesOf(cell.latency, cell.latencyMax),
    timeToFirstTokenMs: percentilesOf(cell.firstToken, cell.firstTokenMax),
    outputTokensPerSecond: ratio(sum(SUM.timedCompletion) * 1000, sum(SUM.timedLatency)),
    estimatedCost: sum(SUM.cost) / PICO_PER_USD,
    unpricedRequests: sum(SUM.unpriced),
    estimatedUsageRequests: sum(SUM.estimated),
    summarizedRequests: sum(SUM.summarized),
    requests: totalRequests,
    tokens: promptTokens + completionTokens,
  }
}

function percentilesOf(histogram: Histogram, max: number): Percentiles {
  const ranks = histogram.ranks(PERCENTS)
  // The middle of the last class may be above all that is in it.
  return {
    p50: Math.min(ranks[0] ?? 0, max),
    p90: Math.min(ranks[1] ?? 0, max),
    p95: Math.min(ranks[2] ?? 0, max),
    p99: Math.min(ranks[3] ?? 0, max),
    max,
  }
}

/** 0, never NaN, of nothing. */
function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0
}
