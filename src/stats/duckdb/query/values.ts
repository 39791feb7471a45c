/** Values of DuckDB as values of a row. */
import type { DuckDBValue } from '@duckdb/node-api'
import type { QueryValue } from '../../query-engine.js'

type DuckDb = typeof import('@duckdb/node-api')
type Convert = (value: DuckDBValue) => QueryValue

/** One function for all columns: what a value is, it says itself. */
export function converterOf(duckdb: DuckDb): Convert {
  const timestamps = [
    duckdb.DuckDBTimestampValue,
    duckdb.DuckDBTimestampTZValue,
    duckdb.DuckDBTimestampSecondsValue,
    duckdb.DuckDBTimestampMillisecondsValue,
    duckdb.DuckDBTimestampNanosecondsValue,
  ]
  const convert: Convert = (value) => {
    if (typeof value === 'bigint') return isSafe(value) ? Number(value) : value
    if (typeof value !== 'object' || value === null) return value
    if (timestamps.some((type) => value instanceof type)) return isoOf(String(value))
    if (value instanceof duckdb.DuckDBDecimalValue) return Number(String(value))
    if (value instanceof duckdb.DuckDBListValue || value instanceof duckdb.DuckDBArrayValue)
      return value.items.map(convert)
    if (value instanceof duckdb.DuckDBStructValue) return objectOf(Object.entries(value.entries), convert)
    if (value instanceof duckdb.DuckDBMapValue)
      return value.entries.map((entry) => ({ key: convert(entry.key), value: convert(entry.value) }))
    if (value instanceof duckdb.DuckDBUnionValue) return convert(value.value)
    return String(value)
  }
  return convert
}

function isSafe(value: bigint): boolean {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
}

/** Not by assignment: a field may be named `__proto__`. */
function objectOf(entries: [string, DuckDBValue][], convert: Convert): QueryValue {
  return Object.fromEntries(entries.map(([name, value]) => [name, convert(value)]))
}

/** `2026-01-31 14:00:00.25` as `2026-01-31T14:00:00.250Z`; microseconds where there are any. Others, such as infinity, stay. */
function isoOf(text: string): string {
  const [, date, time, fraction = ''] =
    /^(-?\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?(?:\+00)?$/.exec(text) ?? []
  return date === undefined ? text : `${date}T${time}.${fraction.padEnd(3, '0')}Z`
}
