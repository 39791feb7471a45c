/** Rows in the order of their starts, as cells: of all of them, of days, and of quarters of an hour. */

import type { Slices } from '../../slices.js'
import type { Dimension } from '../stats-engine.js'
import { CellTable } from './cell-table.js'
import type { Combination } from './combination.js'
import type { MeasuredRows } from './measured-rows.js'
import type { Table } from './table.js'

/** Offsets of zones in use are multiples of it, so that a local hour or day is made of whole ones. */
export const QUARTER = 900_000
/** Of UTC, in which most servers run: far fewer cells than its quarters. */
export const DAY = 86_400_000
/** What cells of periods tell apart: by all dimensions there would be nearly as many cells as rows. */
export const PERIOD_DIMENSIONS: readonly Dimension[] = ['model', 'project']
/** With fewer rows a cell reading the rows costs no more. */
const MIN_ROWS_PER_CELL = 6
/** Pending requests are counted at each question. */
const NOT_COUNTED = -1

/** One for each combination. */
export function rollUp(rows: MeasuredRows, combinations: readonly Combination[]): Table {
  const cells = new CellTable(rows)
  cells.add(
    0,
    rows.start.length,
    combinations.map(({ status }, code) => (status === 'pending' ? NOT_COUNTED : code)),
  )
  return cells.table()
}

/**
 * One for each period and model of a project, under the first combination of these. Undefined when they are nearly as many
 * as rows.
 */
export async function rollUpPeriods(
  rows: MeasuredRows,
  combinations: readonly Combination[],
  periodMs: number,
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
  const periodOf = (row: number): number => Math.floor((rows.start[row] ?? 0) / periodMs)
  const { length: count } = rows.start
  if (countCells(rows, codes, periodOf) * MIN_ROWS_PER_CELL > count) return undefined
  const cells = new CellTable(rows)
  for (let from = 0; from < count; ) {
    if (slices.isOver) await slices.rest()
    const period = periodOf(from)
    let to = from + 1
    while (to < count && periodOf(to) === period) to++
    cells.add(from, to, codes)
    from = to
  }
  return cells.table()
}

function countCells(rows: MeasuredRows, codes: readonly number[], periodOf: (row: number) => number): number {
  /** The last period in which each code was found. */
  const found = new Float64Array(codes.length).fill(Number.NaN)
  let cells = 0
  for (let row = 0; row < rows.start.length; row++) {
    const code = codes[rows.combination[row] ?? 0] ?? NOT_COUNTED
    const period = periodOf(row)
    if (code === NOT_COUNTED || found[code] === period) continue
    found[code] = period
    cells += 1
  }
  return cells
}
