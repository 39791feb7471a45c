/** Rows in the order of their starts, as cells: of all of them, and of quarters of an hour. */

import type { Slices } from '../slices.js'
import type { Dimension } from '../stats-engine.js'
import { CellTable } from './cell-table.js'
import type { Combination } from './combination.js'
import { MeasuredRows } from './measured-rows.js'
import { type Columns, codesOf, doublesOf } from './rows.js'
import type { Table } from './table.js'

/** Offsets of zones in use are multiples of it, so that a local hour or day is made of whole ones. */
const QUARTER_MS = 900_000
/** What cells of quarters tell apart: by all dimensions there would be nearly as many cells as rows. */
export const QUARTER_DIMENSIONS: readonly Dimension[] = ['model', 'project']
/** With fewer rows a cell reading the rows costs no more. */
const MIN_ROWS_PER_CELL = 6
/** Pending requests are counted at each question. */
const NOT_COUNTED = -1

/** One for each combination. */
export function rollUp(columns: Columns, combinations: readonly Combination[]): Table {
  const cells = new CellTable(new MeasuredRows(columns, combinations))
  cells.add(
    0,
    columns.count,
    combinations.map(({ status }, code) => (status === 'pending' ? NOT_COUNTED : code)),
  )
  return cells.table()
}

/**
 * One for each quarter of an hour and model of a project, under the first combination of these. Undefined when they are
 * nearly as many as rows.
 */
export async function rollUpQuarters(
  columns: Columns,
  combinations: readonly Combination[],
  slices: Slices,
): Promise<Table | undefined> {
  const firsts = new Map<string, number>()
  const codes = combinations.map(({ status, model, project }, code) => {
    if (status === 'pending') return NOT_COUNTED
    const name = JSON.stringify([model, project])
    const first = firsts.get(name) ?? code
    firsts.set(name, first)
    return first
  })
  if (countCells(columns, codes) * MIN_ROWS_PER_CELL > columns.count) return undefined
  const starts = doublesOf(columns, 'start')
  const cells = new CellTable(new MeasuredRows(columns, combinations))
  for (let from = 0; from < columns.count; ) {
    if (slices.isOver) await slices.rest()
    const quarter = quarterOf(starts[from] ?? 0)
    let to = from + 1
    while (to < columns.count && quarterOf(starts[to] ?? 0) === quarter) to++
    cells.add(from, to, codes)
    from = to
  }
  return cells.table()
}

function quarterOf(ms: number): number {
  return Math.floor(ms / QUARTER_MS)
}

function countCells(columns: Columns, codes: readonly number[]): number {
  const starts = doublesOf(columns, 'start')
  const combinations = codesOf(columns, 'combination')
  /** The last period in which each code was found. */
  const found = new Float64Array(codes.length).fill(Number.NaN)
  let cells = 0
  for (let row = 0; row < columns.count; row++) {
    const code = codes[combinations[row] ?? 0] ?? NOT_COUNTED
    const period = quarterOf(starts[row] ?? 0)
    if (code === NOT_COUNTED || found[code] === period) continue
    found[code] = period
    cells += 1
  }
  return cells
}
