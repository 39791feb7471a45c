/** Cells in the making, as the columns that rollup.ts reads: tens of thousands of objects with histograms would cost more than the rows. */
import { SUMS } from './cell.js'
import { Growing } from './growing.js'
import { classOf } from './histogram.js'
import type { MeasuredRows } from './measured-rows.js'
import type { Table } from './table.js'

/** Of a histogram; see there. */
const CLASSES = 2 ** 17

export class CellTable {
  readonly #rows: MeasuredRows
  readonly #combination: number[] = []
  readonly #first: number[] = []
  readonly #last: number[] = []
  readonly #sums = new Growing((length) => new Float64Array(length))
  readonly #latency = new Times()
  readonly #firstToken = new Times()

  constructor(rows: MeasuredRows) {
    this.#rows = rows
  }

  /** Adds a cell for each of `codes` that rows from `from` to `to` (excluded) have; below 0 stands for rows that do not count. */
  add(from: number, to: number, codes: ArrayLike<number>): void {
    const rows = this.#rows
    const begin = this.#combination.length
    const cellOf = new Map<number, number>()
    for (let row = from; row < to; row++) {
      const code = codes[rows.combination[row] ?? 0] ?? -1
      if (code < 0) continue
      const start = rows.start[row] ?? 0
      let cell = cellOf.get(code)
      if (cell === undefined) {
        cell = this.#combination.push(code) - 1
        cellOf.set(code, cell)
        this.#first.push(start)
        this.#last.push(start)
      }
      // Rows come in the order of their starts.
      this.#last[cell] = start
      rows.addSums(this.#sums.upTo((cell + 1) * SUMS), cell * SUMS, row, 1)
      this.#latency.add(cell - begin, rows.latencyOf(row))
      this.#firstToken.add(cell - begin, rows.firstTokenOf(row))
    }
    this.#latency.close(cellOf.size)
    this.#firstToken.close(cellOf.size)
  }

  table(): Table {
    const count = this.#combination.length
    const sums = this.#sums.upTo(count * SUMS)
    const columns = new Map<string, Float64Array>([
      ['combination', new Float64Array(this.#combination)],
      ['first', new Float64Array(this.#first)],
      ['last', new Float64Array(this.#last)],
      ...this.#latency.columns('latency'),
      ...this.#firstToken.columns('firstToken'),
    ])
    for (let sum = 0; sum < SUMS; sum++) {
      const values = new Float64Array(count)
      for (let cell = 0; cell < count; cell++) values[cell] = sums[cell * SUMS + sum] ?? 0
      columns.set(`sum ${sum}`, values)
    }
    return columns
  }
}

/** The histograms and maxima of one of the times, cell by cell. */
class Times {
  readonly #max: number[] = []
  readonly #entries: number[] = []
  readonly #classes: number[] = []
  readonly #times: number[] = []
  /** Of the cells that are not closed: which of them, and the class. */
  #open = new Float64Array(256)
  #count = 0
  readonly #openMax: number[] = []

  /** `ms` is NaN where there is none. */
  add(cell: number, ms: number): void {
    if (!(ms >= 0)) return
    if (this.#count === this.#open.length) {
      const wider = new Float64Array(this.#open.length * 2)
      wider.set(this.#open)
      this.#open = wider
    }
    this.#open[this.#count++] = cell * CLASSES + classOf(ms)
    if (!((this.#openMax[cell] ?? 0) >= ms)) this.#openMax[cell] = ms
  }

  /** There are so many cells since the last time. */
  close(cells: number): void {
    const open = this.#open.subarray(0, this.#count).sort()
    let at = 0
    for (let cell = 0; cell < cells; cell++) {
      const before = this.#classes.length
      while (at < open.length && (open[at] ?? 0) < (cell + 1) * CLASSES) {
        const one = open[at] ?? 0
        let times = 0
        while (open[at] === one) {
          times += 1
          at += 1
        }
        this.#classes.push(one - cell * CLASSES)
        this.#times.push(times)
      }
      this.#entries.push(this.#classes.length - before)
      this.#max.push(this.#openMax[cell] ?? 0)
    }
    this.#count = 0
    this.#openMax.length = 0
  }

  columns(name: string): [string, Float64Array][] {
    return [
      [`${name}Max`, new Float64Array(this.#max)],
      [`${name} entries`, new Float64Array(this.#entries)],
      [`${name} classes`, new Float64Array(this.#classes)],
      [`${name} times`, new Float64Array(this.#times)],
    ]
  }
}
