/**
 * Equality of stats as the contract has it: counts exactly; sums and averages but for the rounding that another order of
 * adding gives; percentiles within 1% of the nearest rank (spec §2), the maximum exactly.
 */

const SUMS: ReadonlySet<string> = new Set([
  'averageLatencyMs',
  'average_latency_ms',
  'outputTokensPerSecond',
  'output_tokens_per_second',
  'estimatedCost',
  'estimated_cost',
  'cost',
  'errorRate',
  'error_rate',
])
const ROUNDING = 1e-9

const PERCENTILES: ReadonlySet<string> = new Set(['p50', 'p90', 'p95', 'p99'])
const PERCENTILE = 0.01
/** A duration below a nanosecond is none; ms. */
const NO_TIME = 1e-6

export interface Tolerance {
  /** Relative, of p50 to p99. */
  readonly percentile: number
}

/**
 * The actual value with each number replaced by the expected one where the contract allows the difference, for
 * `expect(near(actual, expected)).toEqual(expected)` and toMatchObject.
 */
export function near(
  actual: unknown,
  expected: unknown,
  tolerance: Tolerance = { percentile: PERCENTILE },
): unknown {
  return nearOf('', actual, expected, tolerance)
}

function nearOf(name: string, actual: unknown, expected: unknown, tolerance: Tolerance): unknown {
  if (typeof actual === 'number' && typeof expected === 'number') {
    return isNear(name, actual, expected, tolerance) ? expected : actual
  }
  if (Array.isArray(actual) && Array.isArray(expected))
    return actual.map((item, index) => nearOf(name, item, expected[index], tolerance))
  if (!isObject(actual) || !isObject(expected)) return actual
  return Object.fromEntries(
    Object.entries(actual).map(([key, value]) => [
      key,
      Object.hasOwn(expected, key) ? nearOf(key, value, expected[key], tolerance) : value,
    ]),
  )
}

function isNear(name: string, actual: number, expected: number, { percentile }: Tolerance): boolean {
  const difference = Math.abs(actual - expected)
  if (SUMS.has(name)) return difference <= ROUNDING * Math.max(1, Math.abs(expected))
  const isPercentile = PERCENTILES.has(name)
  if ((isPercentile || name === 'max') && actual === 0 && expected < NO_TIME) return true
  return isPercentile && difference <= percentile * expected
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
