/** The measures of a group of entries, and the period of an instant, in the plainest way. */
import type { Measures, Percentiles, Period, Weekday } from '../src/stats/stats-engine.js'
import { type FoldedEntry, isObject, type Json } from './stats-fold-lines.js'

export function measure(group: readonly FoldedEntry[]): Measures {
  const count = (test: (entry: FoldedEntry) => boolean): number => group.filter(test).length
  const finals = group.filter(({ state }) => state === 'success' || state === 'failed')
  const tokens = (name: string): number => finals.reduce((sum, { line }) => sum + tokenCount(line, name), 0)
  const latencies = finals.flatMap(({ line }) => milliseconds(line, 'latency_ms') ?? [])
  const firstTokens = finals.flatMap(({ line }) => milliseconds(line, 'time_to_first_token_ms') ?? [])
  const timed = finals.flatMap(({ line }) => {
    const latency = milliseconds(line, 'latency_ms') ?? 0
    const completion = tokenCount(line, 'completion_tokens')
    return latency > 0 && completion > 0 ? [{ latency, completion }] : []
  })
  const total = sum(timed.map(({ latency }) => latency))
  const failedRequests = count(({ state }) => state === 'failed')
  const totalTokens = tokens('prompt_tokens') + tokens('completion_tokens')
  return {
    totalRequests: finals.length,
    successfulRequests: count(({ state }) => state === 'success'),
    failedRequests,
    pendingRequests: count(({ state }) => state === 'pending'),
    interruptedRequests: count(({ state }) => state === 'interrupted'),
    errorRate: finals.length === 0 ? 0 : failedRequests / finals.length,
    totalTokens,
    promptTokens: tokens('prompt_tokens'),
    completionTokens: tokens('completion_tokens'),
    cacheReadTokens: tokens('cache_read_tokens'),
    cacheWriteTokens: tokens('cache_write_tokens'),
    reasoningTokens: tokens('reasoning_tokens'),
    averageLatencyMs: latencies.length === 0 ? 0 : sum(latencies) / latencies.length,
    latencyMs: percentiles(latencies),
    timeToFirstTokenMs: percentiles(firstTokens),
    outputTokensPerSecond: total === 0 ? 0 : sum(timed.map(({ completion }) => completion)) / (total / 1000),
    estimatedCost: sum(finals.map(({ line }) => amountOf(line) ?? 0)),
    unpricedRequests: finals.filter(
      ({ line }) =>
        amountOf(line) === undefined &&
        tokenCount(line, 'prompt_tokens') + tokenCount(line, 'completion_tokens') > 0,
    ).length,
    estimatedUsageRequests: finals.filter(
      ({ line }) => line.usage_source === 'tokenizer' || line.usage_source === 'heuristic',
    ).length,
    summarizedRequests: finals.filter(({ summarized }) => summarized).length,
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** Nearest rank: of n values in order, the one at place ceil(p/100 * n). */
function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b)
  const rank = (percent: number): number => sorted[Math.ceil((percent * sorted.length) / 100) - 1] ?? 0
  return { p50: rank(50), p90: rank(90), p95: rank(95), p99: rank(99), max: sorted.at(-1) ?? 0 }
}

function tokenCount(line: Json, name: string): number {
  const value = isObject(line.usage) ? line.usage[name] : undefined
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0
}

function milliseconds(line: Json, name: string): number | undefined {
  return amount(isObject(line.timings) ? line.timings[name] : undefined)
}

function amountOf(line: Json): number | undefined {
  return amount(isObject(line.cost) ? line.cost.amount : undefined)
}

function amount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value + 0 : undefined
}

/** Asks Intl what the clock shows at the instant. */
export function periodOf(period: Period, ms: number, timeZone: string, weekStart: Weekday): string {
  const shown = Object.fromEntries(
    clockOf(timeZone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  )
  const date = `${shown.year?.padStart(4, '0')}-${shown.month}-${shown.day}`
  if (period === 'month') return date.slice(0, -3)
  if (period === 'day') return date
  if (period === 'hour') {
    const offset = (shown.timeZoneName ?? '').slice(3)
    return `${date}T${shown.hour}:00${offset === '' ? '+00:00' : offset}`
  }
  const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
  const day = new Date(`${date}T00:00:00Z`)
  while (weekdays[day.getUTCDay()] !== weekStart) day.setUTCDate(day.getUTCDate() - 1)
  return day.toISOString().slice(0, 10)
}

const clocks = new Map<string, Intl.DateTimeFormat>()

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const clock =
    clocks.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      timeZoneName: 'longOffset',
    })
  clocks.set(timeZone, clock)
  return clock
}
