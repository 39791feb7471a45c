import { describe, expect, test } from 'vitest'
import { near } from './stats-equal.js'

const equal = (actual: unknown, expected: unknown): void => expect(near(actual, expected)).toEqual(expected)

describe('near', () => {
  test.each<[string, unknown, unknown]>([
    ['a percentile 1% off', { latencyMs: { p50: 99, p99: 202 } }, { latencyMs: { p50: 100, p99: 200 } }],
    ['a sum in another order', { estimatedCost: 0.1 + 0.2 }, { estimatedCost: 0.3 }],
    ['less than a nanosecond', { p50: 0, max: 0 }, { p50: 9e-7, max: 9e-7 }],
    ['the same in a list', [{ models: { __: { p90: 1.005 } } }], [{ models: { __: { p90: 1 } } }]],
  ])('takes %s', (_, actual, expected) => equal(actual, expected))

  test.each<[string, unknown, unknown]>([
    ['a percentile 1.1% off', { p50: 101.1 }, { p50: 100 }],
    ['another maximum', { max: 100.001 }, { max: 100 }],
    ['a sum 1e-8 off', { estimatedCost: 1.000_000_01 }, { estimatedCost: 1 }],
    ['another count, however large', { promptTokens: 1e15 + 1 }, { promptTokens: 1e15 }],
    ['a nanosecond that is lost', { p50: 0 }, { p50: 1e-6 }],
    ['NaN', { p50: Number.NaN, averageLatencyMs: Number.NaN }, { p50: 0, averageLatencyMs: 0 }],
    ['a missing row', [], [{ p50: 1 }]],
    ['one more field', { p50: 1, p1: 1 }, { p50: 1 }],
  ])('leaves %s', (_, actual, expected) => expect(() => equal(actual, expected)).toThrow())
})
