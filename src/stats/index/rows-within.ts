/** Which rows of a part lie in a span of time. */
import type { Rows } from './column.js'
import type { Span } from './rows.js'

/** `starts` never fall. */
export function rowsWithin(starts: Float64Array, { fromMs, toMs }: Span): Rows {
  const from = firstWhere(starts, (start) => start >= fromMs)
  return {
    from,
    to: Math.max(
      from,
      firstWhere(starts, (start) => start > toMs),
    ),
  }
}

/** The first place from which on all hold; `holds` is of sorted values. */
function firstWhere(sorted: Float64Array, holds: (value: number) => boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(sorted[middle] ?? 0)) high = middle
    else low = middle + 1
  }
  return low
}
