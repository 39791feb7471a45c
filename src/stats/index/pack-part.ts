/** A block to the bytes of a part. */
import { type ColumnShape, type EncodedColumn, encodeCodes, encodeDoubles, encodeRising } from './column.js'
import { CODED, type Combination } from './combination.js'
import { CHAT_KEYS, marksNameOf, type PartFacts, type PartHeader, textsOf, VERSION } from './part-format.js'
import { pickCodes, pickDoubles } from './pick.js'
import { type Block, CODES, codesOf, DOUBLES, doublesOf, type Ids } from './rows.js'
import { packSections } from './sections.js'
import type { Slices } from './slices.js'
import { orderOfIds, winningRows } from './sorted-rows.js'
import { marksOf } from './text-marks.js'

/** As packSections gives it. Of the block each id is kept once, and only combinations that are used. */
export async function packPart(block: Block, facts: PartFacts, slices: Slices): Promise<Buffer[]> {
  const columns = await block.columns([...DOUBLES, ...CODES])
  const words = wordsByRow(await block.ids(), block.count)
  const order = orderOfIds(words)
  const rows = winningRows(order, words, columns, block.combinations)
  const contents = new Map<string, Uint8Array>()
  const shapes: Record<string, ColumnShape> = {}
  const put = (name: string, { shape, bytes }: EncodedColumn): void => {
    shapes[name] = shape
    contents.set(name, bytes)
  }
  const combinations = usedCombinations(block.combinations, codesOf(columns, 'combination'), rows)
  for (const name of DOUBLES) {
    if (slices.isOver) await slices.rest()
    const values = pickDoubles(doublesOf(columns, name), rows)
    put(name, name === 'start' ? encodeRising(values) : encodeDoubles(values))
  }
  for (const name of CODES) {
    if (slices.isOver) await slices.rest()
    const codes = pickCodes(codesOf(columns, name), rows)
    put(name, encodeCodes(name === 'combination' ? pickCodes(combinations.codes, codes) : codes))
  }
  packIds(words, order, rows, put)
  contents.set(CHAT_KEYS, new Uint8Array((await block.chatKeys()).buffer))
  for (const dimension of CODED) {
    const texts = await block.texts(dimension)
    const marks = marksOf(texts)
    contents.set(textsOf(dimension), Buffer.from(JSON.stringify(texts)))
    contents.set(marksNameOf(dimension), new Uint8Array(marks.buffer))
  }
  const header: PartHeader = {
    ...facts,
    version: VERSION,
    count: rows.length,
    firstMs: block.firstMs,
    lastMs: block.lastMs,
    combinations: combinations.used,
    shapes,
  }
  return packSections(header, contents)
}

/** Not with subarray(): that makes an object a row. */
function copyKey(from: Uint32Array, row: number, to: Uint32Array, place: number): void {
  to[place * 3] = from[row * 3] ?? 0
  to[place * 3 + 1] = from[row * 3 + 1] ?? 0
  to[place * 3 + 2] = from[row * 3 + 2] ?? 0
}

/** A part has its keys in their own order. */
function wordsByRow({ words, rowOf }: Ids, count: number): Uint32Array {
  const byRow = new Uint32Array(count * 3)
  for (let at = 0; at < count; at++) copyKey(words, at, byRow, rowOf(at))
  return byRow
}

/** Those that rows have, and the new code of each old one. */
function usedCombinations(
  all: readonly Combination[],
  codes: Uint32Array,
  rows: Uint32Array,
): { used: Combination[]; codes: Uint32Array } {
  const isUsed = new Uint8Array(all.length)
  for (let at = 0; at < rows.length; at++) isUsed[codes[rows[at] ?? 0] ?? 0] = 1
  const used = all.filter((_, code) => isUsed[code] === 1)
  let next = 0
  return { used, codes: Uint32Array.from(all, (_, code) => (isUsed[code] === 1 ? next++ : 0)) }
}

/** The keys in order, and the row of each. */
function packIds(
  words: Uint32Array,
  order: Uint32Array,
  rows: Uint32Array,
  put: (name: string, column: EncodedColumn) => void,
): void {
  const placeOf = new Int32Array(words.length / 3).fill(-1)
  for (let place = 0; place < rows.length; place++) placeOf[rows[place] ?? 0] = place
  const keys = new Uint32Array(rows.length * 3)
  const places = new Uint32Array(rows.length)
  let at = 0
  for (const row of order) {
    const place = placeOf[row] ?? -1
    if (place < 0) continue
    copyKey(words, row, keys, at)
    places[at++] = place
  }
  put('ids', { shape: { kind: 'none' }, bytes: new Uint8Array(keys.buffer) })
  put('idRows', encodeCodes(places))
}
