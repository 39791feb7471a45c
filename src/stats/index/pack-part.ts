/** A block to the bytes of a part. */
import { packChats, sumChats } from './chat-sums.js'
import { type ColumnShape, type EncodedColumn, encodeCodes, encodeDoubles, encodeRising } from './column.js'
import { CODED, type Combination } from './combination.js'
import { IdFilter } from './id-filter.js'
import {
  CELLS,
  CHATS,
  ID_MARKS,
  marksNameOf,
  type PartFacts,
  type PartHeader,
  QUARTERS,
  textsOf,
  VERSION,
} from './part-format.js'
import { rollUp, rollUpQuarters } from './roll-up.js'
import { packCells } from './rollup.js'
import {
  type Block,
  CODES,
  type CodeColumn,
  type Columns,
  codesOf,
  DOUBLES,
  type DoubleColumn,
  doublesOf,
  type Ids,
} from './rows.js'
import { packSections } from './sections.js'
import type { Slices } from './slices.js'
import { orderOfIds, winningRows } from './sorted-rows.js'
import { marksOf } from './text-marks.js'

/** One in seventy ids that a part has not looks as if it had it. */
const BITS_PER_ID = 12

/** As packSections gives it. Of the block each id is kept once, and only combinations that are used. */
export async function packPart(block: Block, facts: PartFacts, slices: Slices): Promise<Buffer[]> {
  const columns = await block.columns([...DOUBLES, ...CODES])
  const words = wordsByRow(await block.ids(), block.count)
  const order = orderOfIds(words)
  const rows = winningRows(order, words, columns, block.combinations)
  const { used, codes } = usedCombinations(block.combinations, codesOf(columns, 'combination'), rows)
  const kept = await pick(columns, rows, slices)
  kept.codes.set(
    'combination',
    codesOf(kept, 'combination').map((code) => codes[code] ?? 0),
  )
  const contents = new Map<string, Uint8Array>()
  const shapes: Record<string, ColumnShape> = {}
  const put = (name: string, { shape, bytes }: EncodedColumn): void => {
    shapes[name] = shape
    contents.set(name, bytes)
  }
  for (const name of DOUBLES) {
    if (slices.isOver) await slices.rest()
    const values = doublesOf(kept, name)
    put(name, name === 'start' ? encodeRising(values) : encodeDoubles(values))
  }
  for (const name of CODES) {
    if (slices.isOver) await slices.rest()
    put(name, encodeCodes(codesOf(kept, name)))
  }
  packIds(words, order, rows, put)
  contents.set(ID_MARKS, idMarks(words, rows))
  for (const dimension of CODED) {
    const texts = await block.texts(dimension)
    const marks = marksOf(texts)
    contents.set(textsOf(dimension), Buffer.from(JSON.stringify(texts)))
    contents.set(marksNameOf(dimension), new Uint8Array(marks.buffer))
  }
  const quarters = await rollUpQuarters(kept, used, slices)
  contents.set(CELLS, packCells(await rollUp(kept, used, slices)))
  contents.set(QUARTERS, quarters === undefined ? new Uint8Array(0) : packCells(quarters))
  const chats = await sumChats(kept, used, await block.texts('chat'), () => true, slices)
  contents.set(CHATS, packChats(chats))
  const header: PartHeader = {
    ...facts,
    version: VERSION,
    count: rows.length,
    firstMs: block.firstMs,
    lastMs: block.lastMs,
    combinations: used,
    shapes,
  }
  return packSections(header, contents)
}

/** The rows in their order. */
async function pick(columns: Columns, rows: Uint32Array, slices: Slices): Promise<PickedColumns> {
  const doubles = new Map<DoubleColumn, Float64Array>()
  const codes = new Map<CodeColumn, Uint32Array>()
  for (const name of DOUBLES) {
    if (slices.isOver) await slices.rest()
    const all = doublesOf(columns, name)
    const values = new Float64Array(rows.length)
    for (let at = 0; at < rows.length; at++) values[at] = all[rows[at] ?? 0] ?? Number.NaN
    doubles.set(name, values)
  }
  for (const name of CODES) {
    if (slices.isOver) await slices.rest()
    const all = codesOf(columns, name)
    codes.set(
      name,
      rows.map((row) => all[row] ?? 0),
    )
  }
  return { count: rows.length, doubles, codes }
}

interface PickedColumns extends Columns {
  readonly codes: Map<CodeColumn, Uint32Array>
}

/** A part has its keys in their own order. */
function wordsByRow({ words, rowOf }: Ids, count: number): Uint32Array {
  const byRow = new Uint32Array(count * 3)
  for (let at = 0; at < count; at++) byRow.set(words.subarray(at * 3, at * 3 + 3), rowOf(at) * 3)
  return byRow
}

/** Those that rows have, and the new code of each old one. */
function usedCombinations(
  all: readonly Combination[],
  codes: Uint32Array,
  rows: Uint32Array,
): { used: Combination[]; codes: Uint32Array } {
  const isUsed = new Uint8Array(all.length)
  for (const row of rows) isUsed[codes[row] ?? 0] = 1
  const used = all.filter((_, code) => isUsed[code] === 1)
  let next = 0
  return { used, codes: Uint32Array.from(all, (_, code) => (isUsed[code] === 1 ? next++ : 0)) }
}

function idMarks(words: Uint32Array, rows: Uint32Array): Uint8Array {
  const marks = IdFilter.for(rows.length, BITS_PER_ID)
  for (const row of rows) marks.add(words[row * 3] ?? 0, words[row * 3 + 1] ?? 0)
  return new Uint8Array(marks.bits.buffer)
}

/** The keys in order, and the row of each. */
function packIds(
  words: Uint32Array,
  order: Uint32Array,
  rows: Uint32Array,
  put: (name: string, column: EncodedColumn) => void,
): void {
  const placeOf = new Int32Array(words.length / 3).fill(-1)
  rows.forEach((row, place) => {
    placeOf[row] = place
  })
  const keys = new Uint32Array(rows.length * 3)
  const places = new Uint32Array(rows.length)
  let at = 0
  for (const row of order) {
    const place = placeOf[row] ?? -1
    if (place < 0) continue
    keys.set(words.subarray(row * 3, row * 3 + 3), at * 3)
    places[at++] = place
  }
  put('ids', { shape: { kind: 'none' }, bytes: new Uint8Array(keys.buffer) })
  put('idRows', encodeCodes(places))
}
