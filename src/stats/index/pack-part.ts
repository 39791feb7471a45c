/** A block to the bytes of a part. */

import type { Slices } from '../../slices.js'
import { packChats, projectsOf, sumChats } from './chat-sums.js'
import { type ColumnShape, type EncodedColumn, encodeCodes, encodeDoubles, encodeRising } from './column.js'
import { CODED, type Combination } from './combination.js'
import { MeasuredRows } from './measured-rows.js'
import { idMarks, packIds, wordsByRow } from './pack-ids.js'
import { packCombinations } from './packed-combinations.js'
import {
  CELLS,
  CHATS,
  DAYS,
  ID_MARKS,
  marksNameOf,
  type PartFacts,
  type PartHeader,
  QUARTERS,
  textsOf,
  VERSION,
} from './part-format.js'
import { pickCodes, pickDoubles } from './pick.js'
import { DAY, QUARTER, rollUp, rollUpPeriods } from './roll-up.js'
import {
  type Block,
  CODES,
  type CodeColumn,
  type Columns,
  codesOf,
  DOUBLES,
  type DoubleColumn,
  doublesOf,
} from './rows.js'
import { packSections } from './sections.js'
import { orderOfIds, winningRows } from './sorted-rows.js'
import { packTable } from './table.js'
import { marksOf } from './text-marks.js'

/** As packSections gives it. Of the block each id is kept once, and only combinations that are used. */
export async function packPart(block: Block, facts: PartFacts, slices: Slices): Promise<Buffer[]> {
  const columns = await block.columns([...DOUBLES, ...CODES])
  const words = wordsByRow(await block.ids(), block.count)
  const order = orderOfIds(words)
  const rows = winningRows(order, words, columns, block.combinations)
  const { used, codes } = usedCombinations(block.combinations, codesOf(columns, 'combination'), rows)
  const kept = await pick(columns, rows, slices)
  kept.codes.set('combination', pickCodes(codes, codesOf(kept, 'combination')))
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
  const ids = packIds(words, order, rows)
  put('ids', { shape: { kind: 'none' }, bytes: ids.keys })
  put('idRows', encodeCodes(ids.rows))
  contents.set(ID_MARKS, idMarks(words, rows))
  for (const dimension of CODED) {
    const texts = await block.texts(dimension)
    const marks = marksOf(texts)
    contents.set(textsOf(dimension), Buffer.from(JSON.stringify(texts)))
    contents.set(marksNameOf(dimension), new Uint8Array(marks.buffer))
  }
  const measured = new MeasuredRows(kept, used)
  contents.set(CELLS, packTable(rollUp(measured, used)))
  for (const [name, periodMs] of [
    [DAYS, DAY],
    [QUARTERS, QUARTER],
  ] as const) {
    const cells = await rollUpPeriods(measured, used, periodMs, slices)
    contents.set(name, cells === undefined ? new Uint8Array(0) : packTable(cells))
  }
  const chats = await sumChats(kept, used, await block.texts('chat'), () => true, slices)
  contents.set(CHATS, packChats(chats))
  const header: PartHeader = {
    ...facts,
    version: VERSION,
    count: rows.length,
    firstMs: block.firstMs,
    lastMs: block.lastMs,
    combinations: packCombinations(used),
    projects: projectsOf(used),
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
    doubles.set(name, pickDoubles(doublesOf(columns, name), rows))
  }
  for (const name of CODES) {
    if (slices.isOver) await slices.rest()
    codes.set(name, pickCodes(codesOf(columns, name), rows))
  }
  return { from: 0, count: rows.length, doubles, codes }
}

interface PickedColumns extends Columns {
  readonly codes: Map<CodeColumn, Uint32Array>
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
