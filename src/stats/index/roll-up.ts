/** Rows in the order of their starts, as cells: of all of them, and of quarters of an hour. */
import type { Dimension } from '../stats-engine.js'
import { Cell } from './cell.js'
import type { Combination } from './combination.js'
import { MeasuredRows } from './measured-rows.js'
import type { RolledCell } from './rollup.js'
import { type Columns, codesOf, doublesOf } from './rows.js'
import type { Slices } from './slices.js'

/** Offsets of zones in use are multiples of it, so that a local hour or day is made of whole ones. */
const QUARTER_MS = 900_000
/** What cells of quarters tell apart: by all dimensions there would be nearly as many cells as rows. */
export const QUARTER_DIMENSIONS: readonly Dimension[] = ['model', 'project']
/** With fewer rows a cell reading the rows costs no more. */
const MIN_ROWS_PER_CELL = 6
const STRIDE = 1024
/** Pending requests are counted at each question. */
const NOT_COUNTED = -1

/** One for each combination. */
export async function rollUp(
  columns: Columns,
  combinations: readonly Combination[],
  slices: Slices,
): Promise<RolledCell[]> {
  const codes = combinations.map(({ status }, code) => (status === 'pending' ? NOT_COUNTED : code))
  return cellsOf(columns, combinations, codes, () => 0, slices)
}

/**
 * One for each quarter of an hour and model of a project, under the first combination of these. Undefined when they are
 * nearly as many as rows.
 */
export async function rollUpQuarters(
  columns: Columns,
  combinations: readonly Combination[],
  slices: Slices,
): Promise<RolledCell[] | undefined> {
  const firsts = new Map<string, number>()
  const codes = combinations.map(({ status, model, project }, code) => {
    if (status === 'pending') return NOT_COUNTED
    const name = JSON.stringify([model, project])
    const first = firsts.get(name) ?? code
    firsts.set(name, first)
    return first
  })
  return countCells(columns, codes, quarterOf) * MIN_ROWS_PER_CELL > columns.count
    ? undefined
    : cellsOf(columns, combinations, codes, quarterOf, slices)
}

function quarterOf(ms: number): number {
  return Math.floor(ms / QUARTER_MS)
}

/** `codes`: the combination under which requests of each are counted. */
async function cellsOf(
  columns: Columns,
  combinations: readonly Combination[],
  codes: readonly number[],
  periodOf: (ms: number) => number,
  slices: Slices,
): Promise<RolledCell[]> {
  const rows = new MeasuredRows(columns, combinations)
  const cells: RolledCell[] = []
  let period = Number.NaN
  let ofPeriod = new Map<number, Cell>()
  for (let row = 0; row < columns.count; row++) {
    if (row % STRIDE === 0 && slices.isOver) await slices.rest()
    const combination = codes[rows.combination[row] ?? 0] ?? NOT_COUNTED
    if (combination === NOT_COUNTED) continue
    const next = periodOf(rows.start[row] ?? 0)
    if (next !== period) ofPeriod = new Map()
    period = next
    let cell = ofPeriod.get(combination)
    if (cell === undefined) {
      cell = new Cell()
      ofPeriod.set(combination, cell)
      cells.push({ combination, cell })
    }
    rows.count(cell, row, 1)
  }
  return cells
}

function countCells(columns: Columns, codes: readonly number[], periodOf: (ms: number) => number): number {
  const starts = doublesOf(columns, 'start')
  const combinations = codesOf(columns, 'combination')
  /** The last period in which each code was found. */
  const found = new Float64Array(codes.length).fill(Number.NaN)
  let cells = 0
  for (let row = 0; row < columns.count; row++) {
    const code = codes[combinations[row] ?? 0] ?? NOT_COUNTED
    const period = periodOf(starts[row] ?? 0)
    if (code === NOT_COUNTED || found[code] === period) continue
    found[code] = period
    cells += 1
  }
  return cells
}
