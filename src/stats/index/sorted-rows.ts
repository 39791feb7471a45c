/** Of the rows of a file those that count in it, by start; and their ids by key. */

import type { Combination } from './combination.js'
import { type Columns, codesOf, doublesOf } from './rows.js'

/** Final over pending, then the later end, then the later line: above 0 when row `a` of a file beats row `b`. */
export function compareRows(
  columns: Columns,
  combinations: readonly Combination[],
): (a: number, b: number) => number {
  const ends = doublesOf(columns, 'end')
  const codes = codesOf(columns, 'combination')
  const isFinal = combinations.map(({ status }) => status !== 'pending')
  const finality = (row: number): number => Number(isFinal[codes[row] ?? 0])
  const endOf = (row: number): number => {
    const end = ends[row] ?? Number.NaN
    return Number.isNaN(end) ? Number.NEGATIVE_INFINITY : end
  }
  return (a, b) => finality(a) - finality(b) || compare(endOf(a), endOf(b)) || a - b
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1
}

/** Rows that fit into the lower bits beside a word of a key. */
const MAX_PACKED = 2 ** 21

/** All rows by the keys of their ids. */
export function orderOfIds(words: Uint32Array): Uint32Array {
  const count = words.length / 3
  const word = (row: number, at: number): number => words[row * 3 + at] ?? 0
  const byKey = (a: number, b: number): number =>
    word(a, 0) - word(b, 0) || word(a, 1) - word(b, 1) || word(a, 2) - word(b, 2) || a - b
  const order = new Uint32Array(count)
  if (count > MAX_PACKED) {
    for (let row = 0; row < count; row++) order[row] = row
    return order.sort(byKey)
  }
  // Doubles are sorted without a call for each comparison.
  const packed = new Float64Array(count)
  for (let row = 0; row < count; row++) packed[row] = word(row, 0) * MAX_PACKED + row
  packed.sort()
  const firstWords = new Uint32Array(count)
  for (let at = 0; at < count; at++) {
    const value = packed[at] ?? 0
    const first = Math.floor(value / MAX_PACKED)
    firstWords[at] = first
    order[at] = value - first * MAX_PACKED
  }
  for (let from = 0; from < count; ) {
    let to = from + 1
    while (to < count && firstWords[to] === firstWords[from]) to++
    if (to - from > 1) order.subarray(from, to).sort(byKey)
    from = to
  }
  return order
}

/** The rows that win their id, by start. */
export function winningRows(
  order: Uint32Array,
  words: Uint32Array,
  columns: Columns,
  combinations: readonly Combination[],
): Uint32Array {
  const beats = compareRows(columns, combinations)
  const isBest = new Uint8Array(order.length)
  let count = 0
  const isSame = (a: number, b: number): boolean =>
    words[a * 3] === words[b * 3] &&
    words[a * 3 + 1] === words[b * 3 + 1] &&
    words[a * 3 + 2] === words[b * 3 + 2]
  for (let from = 0; from < order.length; ) {
    let best = order[from] ?? 0
    let to = from + 1
    for (; to < order.length && isSame(order[to] ?? 0, best); to++) {
      const next = order[to] ?? 0
      if (beats(next, best) > 0) best = next
    }
    isBest[best] = 1
    count += 1
    from = to
  }
  const starts = doublesOf(columns, 'start')
  const sorted = new Uint32Array(count)
  for (let row = 0, at = 0; at < count; row++) if (isBest[row] === 1) sorted[at++] = row
  // Lines are nearly in the order of their starts, which such a sort takes advantage of.
  return isRising(sorted, starts)
    ? sorted
    : Uint32Array.from(Array.from(sorted).sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0) || a - b))
}

function isRising(rows: Uint32Array, starts: Float64Array): boolean {
  for (let at = 1; at < rows.length; at++) {
    if ((starts[rows[at] ?? 0] ?? 0) < (starts[rows[at - 1] ?? 0] ?? 0)) return false
  }
  return true
}
