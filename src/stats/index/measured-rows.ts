/** The columns that are summed up, and how a row of them is added to a cell. */
import { addPico, picoOf } from '../usd.js'
import { type Cell, SUM } from './cell.js'
import type { Combination } from './combination.js'
import { classOf } from './histogram.js'
import { type Columns, codesOf, type DoubleColumn, doublesOf, NUMBERS } from './rows.js'

export const MEASURED_COLUMNS: readonly (DoubleColumn | 'combination')[] = [
  'start',
  ...NUMBERS,
  'combination',
]

/** Sums of some of these are still exact in doubles. */
const MAX_EXACT_USD = 1_000
const MAX_EXACT_MS = 1e9

/** Bits of what a combination says of its rows. */
const SUCCESS = 1
const ESTIMATED = 2
const SUMMARIZED = 4

export class MeasuredRows {
  readonly start: Float64Array
  readonly combination: Uint32Array
  readonly #prompt: Float64Array
  readonly #completion: Float64Array
  readonly #cacheRead: Float64Array
  readonly #cacheWrite: Float64Array
  readonly #reasoning: Float64Array
  readonly #latency: Float64Array
  readonly #firstToken: Float64Array
  readonly #cost: Float64Array
  readonly #flags: Uint8Array

  constructor(columns: Columns, combinations: readonly Combination[]) {
    this.start = doublesOf(columns, 'start')
    this.combination = codesOf(columns, 'combination')
    this.#prompt = doublesOf(columns, 'prompt')
    this.#completion = doublesOf(columns, 'completion')
    this.#cacheRead = doublesOf(columns, 'cacheRead')
    this.#cacheWrite = doublesOf(columns, 'cacheWrite')
    this.#reasoning = doublesOf(columns, 'reasoning')
    this.#latency = doublesOf(columns, 'latency')
    this.#firstToken = doublesOf(columns, 'firstToken')
    this.#cost = doublesOf(columns, 'cost')
    this.#flags = Uint8Array.from(
      combinations.map(
        ({ status, estimated, summarized }) =>
          (status === 'success' ? SUCCESS : 0) | (estimated ? ESTIMATED : 0) | (summarized ? SUMMARIZED : 0),
      ),
    )
  }

  /** Milliseconds; NaN where the row has none. */
  latencyOf(row: number): number {
    return this.#latency[row] ?? Number.NaN
  }

  firstTokenOf(row: number): number {
    return this.#firstToken[row] ?? Number.NaN
  }

  /** `sign` 1 adds the row, -1 takes it back; maxima and the first and last start only grow. */
  count(cell: Cell, row: number, sign: 1 | -1): void {
    this.addSums(cell.sums, 0, row, sign)
    const start = this.start[row] ?? 0
    const latency = this.latencyOf(row)
    const firstToken = this.firstTokenOf(row)
    if (latency >= 0) {
      cell.latency.add(classOf(latency), sign)
      if (latency > cell.latencyMax) cell.latencyMax = latency
    }
    if (firstToken >= 0) {
      cell.firstToken.add(classOf(firstToken), sign)
      if (firstToken > cell.firstTokenMax) cell.firstTokenMax = firstToken
    }
    if (start < cell.firstMs) cell.firstMs = start
    if (start > cell.lastMs) cell.lastMs = start
  }

  /** SUMS numbers from `at` on. */
  addSums(sums: Float64Array, at: number, row: number, sign: 1 | -1): void {
    const flags = this.#flags[this.combination[row] ?? 0] ?? 0
    add(sums, at + ((flags & SUCCESS) === 0 ? SUM.failed : SUM.success), sign)
    const prompt = this.#prompt[row] ?? 0
    const completion = this.#completion[row] ?? 0
    const cost = this.#cost[row] ?? 0
    const latency = this.latencyOf(row)
    // NaN, which stands for none, is greater than nothing.
    if (prompt > 0) add(sums, at + SUM.prompt, sign * prompt)
    if (completion > 0) add(sums, at + SUM.completion, sign * completion)
    addPositive(sums, at + SUM.cacheRead, sign, this.#cacheRead[row] ?? 0)
    addPositive(sums, at + SUM.cacheWrite, sign, this.#cacheWrite[row] ?? 0)
    addPositive(sums, at + SUM.reasoning, sign, this.#reasoning[row] ?? 0)
    if (cost >= 0) addPico(sums, at + SUM.cost, at + SUM.costHigh, sign * picoOf(cost))
    else if (prompt > 0 || completion > 0) add(sums, at + SUM.unpriced, sign)
    if ((flags & ESTIMATED) !== 0) add(sums, at + SUM.estimated, sign)
    if ((flags & SUMMARIZED) !== 0) add(sums, at + SUM.summarized, sign)
    if (!(latency >= 0)) return
    add(sums, at + SUM.latencyCount, sign)
    add(sums, at + SUM.latencySum, sign * latency)
    if (completion > 0 && latency > 0) {
      add(sums, at + SUM.timedCompletion, sign * completion)
      add(sums, at + SUM.timedLatency, sign * latency)
    }
  }

  /** Whether the cell without the row may have other maxima, or another first or last start. */
  isExtreme(cell: Cell, row: number): boolean {
    const start = this.start[row]
    return (
      // What is small beside it was rounded off when it was added.
      (this.#cost[row] ?? 0) > MAX_EXACT_USD ||
      (this.#latency[row] ?? 0) > MAX_EXACT_MS ||
      start === cell.firstMs ||
      start === cell.lastMs ||
      this.#latency[row] === cell.latencyMax ||
      this.#firstToken[row] === cell.firstTokenMax
    )
  }
}

function add(sums: Float64Array, at: number, value: number): void {
  sums[at] = (sums[at] ?? 0) + value
}

function addPositive(sums: Float64Array, at: number, sign: 1 | -1, value: number): void {
  if (value > 0) sums[at] = (sums[at] ?? 0) + sign * value
}
