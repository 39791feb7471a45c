/** The measures of a group from its sums. */
import type { BreakdownRow, Measures } from '../stats-engine.js'
import { usdOf } from '../usd.js'
import { type Cell, SUM } from './cell.js'

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
    latencyMs: cell.latency.percentiles(cell.latencyMax),
    timeToFirstTokenMs: cell.firstToken.percentiles(cell.firstTokenMax),
    outputTokensPerSecond: ratio(sum(SUM.timedCompletion) * 1000, sum(SUM.timedLatency)),
    estimatedCost: usdOf(sum(SUM.cost), sum(SUM.costHigh)),
    unpricedRequests: sum(SUM.unpriced),
    estimatedUsageRequests: sum(SUM.estimated),
    summarizedRequests: sum(SUM.summarized),
    requests: totalRequests,
    tokens: promptTokens + completionTokens,
  }
}

/** 0, never NaN, of nothing. */
function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0
}
