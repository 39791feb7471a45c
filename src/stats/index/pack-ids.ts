/** The keys of the ids of a part: in their own order, with the row of each, and with marks of them. */
import { IdFilter } from './id-filter.js'
import type { Ids } from './rows.js'

/** One in several hundred ids that a part has not looks as if it had it. */
const BITS_PER_ID = 16

/** A part has its keys in their own order. */
export function wordsByRow({ words, rowOf }: Ids, count: number): Uint32Array {
  const byRow = new Uint32Array(count * 3)
  for (let at = 0; at < count; at++) copyKey(words, at, byRow, rowOf(at))
  return byRow
}

/** `order` are the rows by their keys, `kept` those that the part has, in its order. */
export function packIds(
  words: Uint32Array,
  order: Uint32Array,
  kept: Uint32Array,
): { readonly keys: Uint8Array; readonly rows: Uint32Array } {
  const placeOf = new Int32Array(words.length / 3).fill(-1)
  for (let place = 0; place < kept.length; place++) placeOf[kept[place] ?? 0] = place
  const keys = new Uint32Array(kept.length * 3)
  const rows = new Uint32Array(kept.length)
  let at = 0
  for (const row of order) {
    const place = placeOf[row] ?? -1
    if (place < 0) continue
    copyKey(words, row, keys, at)
    rows[at++] = place
  }
  return { keys: new Uint8Array(keys.buffer), rows }
}

/** The bits of an IdFilter. */
export function idMarks(words: Uint32Array, kept: Uint32Array): Uint8Array {
  const marks = IdFilter.for(kept.length, BITS_PER_ID)
  for (let at = 0; at < kept.length; at++) {
    const row = kept[at] ?? 0
    marks.add(words[row * 3] ?? 0, words[row * 3 + 1] ?? 0, words[row * 3 + 2] ?? 0)
  }
  return new Uint8Array(marks.bits.buffer)
}

/** Not with subarray(): that makes an object a row. */
function copyKey(from: Uint32Array, row: number, to: Uint32Array, place: number): void {
  to[place * 3] = from[row * 3] ?? 0
  to[place * 3 + 1] = from[row * 3 + 1] ?? 0
  to[place * 3 + 2] = from[row * 3 + 2] ?? 0
}
