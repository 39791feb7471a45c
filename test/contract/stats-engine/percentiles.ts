/** Percentiles: within 1% of the nearest rank, whatever the durations are; the maximum exactly. */
import { describe, expect, test } from 'vitest'
import { near } from '../../stats-equal.js'
import { entryLine, LAYOUTS } from '../../stats-files.js'
import { foldStats } from '../../stats-fold.js'
import type { Subject } from './subject.js'

const counts = [1, 2, 3, 7, 10, 19, 20, 21, 99, 100, 101, 199, 200, 1000]
// 7919 is prime, so each of 1..n comes once and out of order.
const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => ((index * 7919) % n) + 1)

export function describePercentiles({ engine, files }: Subject): void {
  test.each(counts)('of %i durations are the nearest rank', async (n) => {
    files.lay('a closed segment', ...upTo(n).map((latency_ms) => entryLine({ timings: { latency_ms } })))
    const rank = (percent: number): number => Math.ceil((percent * n) / 100)
    const expected = { p50: rank(50), p90: rank(90), p95: rank(95), p99: rank(99), max: n }
    const { latencyMs } = (await engine.stats(files.stats())).measures
    expect(near(latencyMs, expected)).toEqual(expected)
  })

  describe.each(LAYOUTS)('in %s', (layout) => {
    test.each<[string, number[]]>([
      ['the same duration', Array(50).fill(0.1)],
      ['nothing but 0', [0, 0, 0]],
      ['0 and others', [0, 0, 0, 1234.5678, 0.003, 0, 7]],
      ['nanoseconds and days', Array.from({ length: 60 }, (_, power) => 1e-6 * 1.7 ** power)],
      ['less than a nanosecond', [1e-7, 1e-12, 5e-324]],
      [
        'powers of two and their neighbours',
        upTo(40).flatMap((n) => [2 ** n, 2 ** n - 1, 2 ** n * (1 + 2 ** -40)]),
      ],
      ['the largest numbers', [Number.MAX_VALUE / 4, 1e300, 1e200, 1]],
    ])('of %s', async (_, durations) => {
      const timings = durations.map((ms) => ({ latency_ms: ms, time_to_first_token_ms: ms / 3 }))
      files.lay(layout, ...timings.map((each) => entryLine({ timings: each })))
      const question = files.stats({ groupBy: ['day'] })
      const expected = foldStats(question)
      expect(near(await engine.stats(question), expected)).toEqual(expected)
    })
  })

  test('of groups are those of their own requests', async () => {
    const lines = upTo(300).map((latency_ms) =>
      entryLine({
        model: `m${latency_ms % 3}`,
        timings: { latency_ms: latency_ms * 10 ** (latency_ms % 3) },
        timestamp_start: new Date(Date.UTC(2026, 0, latency_ms % 40)).toISOString(),
      }),
    )
    files.lay('segments of all forms, held by links', ...lines)
    for (const groupBy of [['model'], ['month', 'model'], ['day']] as const) {
      const question = files.stats({ groupBy })
      const expected = foldStats(question)
      expect(near(await engine.stats(question), expected)).toEqual(expected)
    }
  })
}
