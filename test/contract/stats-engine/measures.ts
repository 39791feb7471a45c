/** Each measure of the requests counted. */
import { describe, expect, test } from 'vitest'
import type { Measures } from '../../../src/stats/stats-engine.js'
import { near } from '../../stats-equal.js'
import { entryLine, LAYOUTS, type Layout } from '../../stats-files.js'
import type { Subject } from './subject.js'

export function describeMeasures(subject: Subject): void {
  describe.each(LAYOUTS)('in %s', (layout) => describeLaid(subject, layout))
}

const NONE = { p50: 0, p90: 0, p95: 0, p99: 0, max: 0 }

function describeLaid({ engine, files }: Subject, layout: Layout): void {
  async function measuresOf(...lines: readonly (object | string)[]): Promise<Measures> {
    return (await engine.stats(files.lay(layout, ...lines).stats())).measures
  }

  const usage = { prompt_tokens: 10, completion_tokens: 5 }
  test.each<[string, object[], Partial<Measures>]>([
    ['one success', [{}], { totalRequests: 1, successfulRequests: 1, failedRequests: 0, errorRate: 0 }],
    [
      'error and timeout failed',
      [{ status: 'error' }, { status: 'timeout' }, {}, {}],
      { totalRequests: 4, failedRequests: 2, errorRate: 0.5 },
    ],
    [
      'tokens are summed',
      [{ usage }, { usage, status: 'error' }],
      { promptTokens: 20, completionTokens: 10, totalTokens: 30 },
    ],
    [
      'the total is prompt and completion, whatever is written',
      [{ usage: { ...usage, total_tokens: 999 } }],
      { totalTokens: 15 },
    ],
    [
      'cached and reasoning tokens',
      [{ usage: { ...usage, cache_read_tokens: 4, cache_write_tokens: 3, reasoning_tokens: 2 } }],
      { cacheReadTokens: 4, cacheWriteTokens: 3, reasoningTokens: 2, totalTokens: 15 },
    ],
    [
      'counts that are no counts are 0',
      [
        { usage: { prompt_tokens: '5', completion_tokens: -1 } },
        { usage: { prompt_tokens: 1.5, completion_tokens: true } },
        { usage: 'many' },
        { usage: { prompt_tokens: 2 ** 53 } },
      ],
      { totalTokens: 0 },
    ],
    [
      'large counts stay exact',
      [{ usage: { prompt_tokens: 9_007_199_254_740_000 } }, { usage: { prompt_tokens: 991 } }],
      { promptTokens: 9_007_199_254_740_991 },
    ],
    [
      'the average is over those that carry a latency',
      [{ timings: { latency_ms: 100 } }, { timings: { latency_ms: 0 } }, {}],
      { averageLatencyMs: 50 },
    ],
    [
      'a latency that is no number from 0 on is none',
      [{ timings: { latency_ms: '100' } }, { timings: { latency_ms: -1 } }, { timings: [] }],
      { averageLatencyMs: 0, latencyMs: NONE },
    ],
    [
      'first tokens',
      [{ timings: { time_to_first_token_ms: 7 } }],
      { timeToFirstTokenMs: { p50: 7, p90: 7, p95: 7, p99: 7, max: 7 } },
    ],
    [
      'speed is over those with both',
      [
        { usage, timings: { latency_ms: 500 } },
        { usage },
        { timings: { latency_ms: 9000 } },
        { usage: { completion_tokens: 0 }, timings: { latency_ms: 9000 } },
        { usage, timings: { latency_ms: 0 } },
      ],
      { outputTokensPerSecond: 10 },
    ],
    [
      'money adds up',
      [{ cost: { amount: 0.1 } }, { cost: { amount: 0.2 } }, { cost: { amount: 0.0000005 } }],
      { estimatedCost: 0.3000005 },
    ],
    [
      'tokens without a price are unpriced',
      [{ usage }, { usage, cost: { amount: null, source: 'none' } }, { usage, cost: { amount: 0 } }, {}],
      { unpricedRequests: 2, estimatedCost: 0 },
    ],
    [
      'usage that was counted here',
      [
        { usage_source: 'tokenizer' },
        { usage_source: 'heuristic' },
        { usage_source: 'provider' },
        { usage_source: 'none' },
        {},
      ],
      { estimatedUsageRequests: 2 },
    ],
  ])('%s', async (_, lines, expected) => {
    expect(near(await measuresOf(...lines.map(entryLine)), expected)).toMatchObject(expected)
  })

  test('of 1e400 and NaN nothing is left to spoil a sum', async () => {
    const line = JSON.stringify(entryLine({ timings: { latency_ms: 5 }, usage: {}, cost: { amount: 1 } }))
    const infinite = JSON.stringify(
      entryLine({ timings: { latency_ms: 0 }, cost: { amount: 0 } }),
    ).replaceAll(':0}', ':1e400}')
    expect(await measuresOf(line, infinite)).toMatchObject({
      totalRequests: 2,
      averageLatencyMs: 5,
      estimatedCost: 1,
    })
  })
}
