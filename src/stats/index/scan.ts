/** Rows of a block into the cells of a cube. */

import type { Slices } from '../../slices.js'
import type { Dimension } from '../stats-engine.js'
import type { Cell } from './cell.js'
import { COMBINED, type CodedDimension, type Combination, type CombinedDimension } from './combination.js'
import type { Cube } from './cube.js'
import { MEASURED_COLUMNS, MeasuredRows } from './measured-rows.js'
import { type Block, type Columns, codesOf, type Texts } from './rows.js'
import { addCells, placedCells } from './scan-cells.js'

/** Which rows are meant: finished ones, and of these what holds here. */
export interface Wanted {
  /** First and last start, both included, epoch ms. */
  readonly fromMs: number
  readonly toMs: number
  /** Of each dimension one of the values. */
  readonly filter: ReadonlyMap<Dimension, readonly string[]>
}

export const EVERYTHING: Wanted = {
  fromMs: Number.NEGATIVE_INFINITY,
  toMs: Number.POSITIVE_INFINITY,
  filter: new Map(),
}

/** Rows between two looks at the clock. */
const STRIDE = 1024
/** The tuple of what is not finished or not wanted. */
export const NOT_WANTED = -1

/**
 * Adds those of the rows `from` to `to` (excluded) that are wanted and not in `losers`. False when the cube has more than
 * `maxCells` by then, and not all was added.
 */
export async function scan(
  cube: Cube,
  block: Block,
  rows: { readonly from: number; readonly to: number; readonly losers: ReadonlySet<number> | undefined },
  wanted: Wanted,
  slices: Slices,
  maxCells = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  if (block.firstMs > wanted.toMs || block.lastMs < wanted.fromMs) return true
  const tuples = await tuplesOf(cube, block, wanted.filter)
  if (tuples === undefined) return true
  const isWhole =
    rows.from === 0 &&
    rows.to === block.count &&
    (rows.losers?.size ?? 0) === 0 &&
    block.firstMs >= wanted.fromMs &&
    block.lastMs <= wanted.toMs
  if (isWhole && tuples.ofCombination !== undefined) {
    const cells = await placedCells(cube.calendar, [...cube.combined, ...wanted.filter.keys()], block)
    if (cells !== undefined) return addCells(cube, cells, tuples.ofCombination, slices, maxCells)
  }
  const columns = await block.columns([...MEASURED_COLUMNS, ...tuples.coded], slices, wanted)
  const measured = new MeasuredRows(columns, block.combinations)
  const tupleOf = tuples.reader(columns)
  const { start } = measured
  const { losers } = rows
  const hasLosers = losers !== undefined && losers.size > 0
  let fromMs = Number.POSITIVE_INFINITY
  let endMs = Number.NEGATIVE_INFINITY
  let slot: Map<number, Cell> = new Map()
  const first = columns.from
  const end = Math.min(rows.to, first + columns.count) - first
  for (let row = Math.max(rows.from - first, 0); row < end; row++) {
    if (row % STRIDE === 0 && slices.isOver) await slices.rest()
    const ms = start[row] ?? Number.NaN
    if (!(ms >= wanted.fromMs && ms <= wanted.toMs)) continue
    const tuple = tupleOf(row)
    if (tuple === NOT_WANTED || (hasLosers && losers.has(first + row))) continue
    if (!(ms >= fromMs && ms < endMs)) {
      const span = cube.calendar.spanOf(ms)
      fromMs = span.fromMs
      endMs = span.endMs
      slot = cube.slot(span.slot)
    }
    measured.count(cube.cell(slot, tuple), row, 1)
    if (cube.cells > maxCells) return false
  }
  return true
}

/** Tuples of the rows of a block, as far as they are wanted. */
export interface Tuples {
  /** Columns that the reader needs. */
  readonly coded: readonly CodedDimension[]
  /** The tuple of each combination where nothing else makes it, NOT_WANTED as below. */
  readonly ofCombination?: Int32Array
  /** The tuple of a row, NOT_WANTED for one that is not finished or not wanted. */
  reader(columns: Columns): (row: number) => number
}

/** Undefined when no row of the block can be wanted. */
export async function tuplesOf(
  cube: Cube,
  block: Block,
  filter: Wanted['filter'],
): Promise<Tuples | undefined> {
  for (const [dimension, values] of filter) {
    if (isCoded(dimension) && !(await mayHaveOne(block, dimension, values))) return undefined
  }
  const ofCombination = block.combinations.map((combination) =>
    combination.status !== 'pending' && isWanted(combination, filter)
      ? cube.combined.map((dimension) => valueIn(combination, dimension))
      : undefined,
  )
  if (ofCombination.every((values) => values === undefined)) return undefined
  const filtered = [...filter.keys()].filter(isCoded).filter((dimension) => !cube.coded.includes(dimension))
  const coded = [...cube.coded, ...filtered]
  if (coded.length === 0) {
    const tuple = Int32Array.from(
      ofCombination.map((values) => (values === undefined ? NOT_WANTED : cube.tupleOf(values))),
    )
    return {
      coded,
      ofCombination: tuple,
      reader(columns) {
        const combination = codesOf(columns, 'combination')
        return (row) => tuple[combination[row] ?? 0] ?? NOT_WANTED
      },
    }
  }
  const texts = await Promise.all(coded.map((dimension) => block.texts(dimension)))
  const wantedCodes = coded.map((dimension, index) => {
    const values = filter.get(dimension)
    return values && codesOfValues(dimension, texts[index] ?? [], values)
  })
  if (wantedCodes.some((codes) => codes?.includes(1) === false)) return undefined
  return {
    coded,
    reader(columns) {
      const combination = codesOf(columns, 'combination')
      const codes = coded.map((dimension) => codesOf(columns, dimension))
      const kept = cube.coded.length
      const byCombination = ofCombination.map(() => new Map<number, number>())
      return (row) => {
        const at = combination[row] ?? 0
        const values = ofCombination[at]
        if (values === undefined) return NOT_WANTED
        let key = 0
        for (let index = 0; index < codes.length; index++) {
          const code = codes[index]?.[row] ?? 0
          if (wantedCodes[index]?.[code] === 0) return NOT_WANTED
          if (index < kept) key = key * (texts[index]?.length ?? 1) + code
        }
        const tuples = byCombination[at] ?? new Map<number, number>()
        let tuple = tuples.get(key)
        if (tuple === undefined) {
          const own = cube.coded.map((_, index) => texts[index]?.[codes[index]?.[row] ?? 0] ?? null)
          tuple = cube.tupleOf([...values, ...own])
          tuples.set(key, tuple)
        }
        return tuple
      }
    },
  }
}

/** 1 at the codes of texts that stand for one of the values. */
function codesOfValues(dimension: CodedDimension, texts: Texts, values: readonly string[]): Uint8Array {
  const codes = new Uint8Array(texts.length)
  if (dimension !== 'tag') {
    for (const value of values) {
      const code = texts.indexOf(value)
      if (code >= 0) codes[code] = 1
    }
    return codes
  }
  for (const [code, text] of texts.entries()) {
    if (valuesIn(dimension, text).some((value) => includes(values, value))) codes[code] = 1
  }
  return codes
}

async function mayHaveOne(
  block: Block,
  dimension: CodedDimension,
  values: readonly string[],
): Promise<boolean> {
  // Of tags a row has a list, and lists are what is marked.
  if (dimension === 'tag') return true
  for (const value of values) if (await block.mayHave(dimension, value)) return true
  return false
}

function isCoded(dimension: Dimension): dimension is CodedDimension {
  return dimension === 'chat' || dimension === 'user' || dimension === 'session' || dimension === 'tag'
}

/** Whether the dimensions that a combination carries have one of the values. */
export function isWanted(combination: Combination, filter: Wanted['filter']): boolean {
  for (const [dimension, values] of filter) {
    if (isCombined(dimension) && !includes(values, valueIn(combination, dimension))) return false
  }
  return true
}

function isCombined(dimension: Dimension): dimension is CombinedDimension {
  return !isCoded(dimension) && !dimension.startsWith('metadata.')
}

export function valueIn(combination: Combination, dimension: string): string | null {
  return COMBINED.some((name) => name === dimension) ? combination[dimension as CombinedDimension] : null
}

/** What a text of a dimension stands for; several only of tags. */
export function valuesIn(dimension: Dimension, text: string | null): readonly (string | null)[] {
  if (dimension !== 'tag' || text === null) return [text]
  const tags: unknown = JSON.parse(text)
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [text]
}

export function includes(values: readonly string[], value: string | null): boolean {
  return value !== null && values.includes(value)
}
