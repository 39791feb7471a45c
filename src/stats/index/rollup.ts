/** Cells of the finished requests of a part, by its combinations: what a cube is made from without their rows. */
import { carry } from '../usd.js'
import { type Cell, SUM, SUMS } from './cell.js'
import type { Histogram } from './histogram.js'
import { columnOf, type Table } from './table.js'

const HISTOGRAMS = ['latency', 'firstToken'] as const
type HistogramName = (typeof HISTOGRAMS)[number]

export class Rollup {
  readonly combination: Float64Array
  /** First and last start of each cell, epoch ms. */
  readonly first: Float64Array
  readonly last: Float64Array
  readonly #latencyMax: Float64Array
  readonly #firstTokenMax: Float64Array
  readonly #sums: readonly Float64Array[]
  readonly #histograms: Readonly<Record<HistogramName, PackedHistograms>>

  constructor(table: Table) {
    this.combination = columnOf(table, 'combination')
    this.first = columnOf(table, 'first')
    this.last = columnOf(table, 'last')
    this.#latencyMax = columnOf(table, 'latencyMax')
    this.#firstTokenMax = columnOf(table, 'firstTokenMax')
    this.#sums = Array.from({ length: SUMS }, (_, sum) => columnOf(table, `sum ${sum}`))
    this.#histograms = {
      latency: new PackedHistograms(table, 'latency'),
      firstToken: new PackedHistograms(table, 'firstToken'),
    }
  }

  get count(): number {
    return this.combination.length
  }

  addTo(cell: Cell, at: number): void {
    for (let sum = 0; sum < SUMS; sum++) {
      cell.sums[sum] = (cell.sums[sum] ?? 0) + (this.#sums[sum]?.[at] ?? 0)
    }
    carry(cell.sums, SUM.cost, SUM.costHigh)
    for (const name of HISTOGRAMS) this.#histograms[name].addTo(cell[name], at)
    cell.latencyMax = Math.max(cell.latencyMax, this.#latencyMax[at] ?? 0)
    cell.firstTokenMax = Math.max(cell.firstTokenMax, this.#firstTokenMax[at] ?? 0)
    cell.firstMs = Math.min(cell.firstMs, this.first[at] ?? cell.firstMs)
    cell.lastMs = Math.max(cell.lastMs, this.last[at] ?? cell.lastMs)
  }
}

/** One behind the other: the classes of each and how often they come. */
class PackedHistograms {
  /** Where the entries of each begin, and the end. */
  readonly #from: Float64Array
  readonly #classes: Float64Array
  readonly #times: Float64Array

  constructor(table: Table, name: HistogramName) {
    const entries = columnOf(table, `${name} entries`)
    this.#classes = columnOf(table, `${name} classes`)
    this.#times = columnOf(table, `${name} times`)
    this.#from = new Float64Array(entries.length + 1)
    for (let at = 0; at < entries.length; at++)
      this.#from[at + 1] = (this.#from[at] ?? 0) + (entries[at] ?? 0)
  }

  addTo(histogram: Histogram, at: number): void {
    histogram.addAll(this.#classes, this.#times, this.#from[at] ?? 0, this.#from[at + 1] ?? 0)
  }
}
