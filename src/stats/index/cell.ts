/** The sums and histograms of a set of finished requests: what all measures are made from. */
import { carry } from '../usd.js'
import { Histogram } from './histogram.js'

/** Places in `sums`. Cost is in 1e-12 USD and in CARRY of these, times are in ms. */
export const SUM = {
  success: 0,
  failed: 1,
  prompt: 2,
  completion: 3,
  cacheRead: 4,
  cacheWrite: 5,
  reasoning: 6,
  cost: 7,
  unpriced: 8,
  estimated: 9,
  summarized: 10,
  latencyCount: 11,
  latencySum: 12,
  timedCompletion: 13,
  timedLatency: 14,
  costHigh: 15,
} as const
export const SUMS = 16

export class Cell {
  readonly sums = new Float64Array(SUMS)
  readonly latency = new Histogram()
  readonly firstToken = new Histogram()
  latencyMax = 0
  firstTokenMax = 0
  /** First and last start, epoch ms. */
  firstMs = Number.POSITIVE_INFINITY
  lastMs = Number.NEGATIVE_INFINITY

  get requests(): number {
    return (this.sums[SUM.success] ?? 0) + (this.sums[SUM.failed] ?? 0)
  }

  merge(other: Cell): void {
    for (let at = 0; at < SUMS; at++) this.sums[at] = (this.sums[at] ?? 0) + (other.sums[at] ?? 0)
    carry(this.sums, SUM.cost, SUM.costHigh)
    this.latency.merge(other.latency)
    this.firstToken.merge(other.firstToken)
    if (other.latencyMax > this.latencyMax) this.latencyMax = other.latencyMax
    if (other.firstTokenMax > this.firstTokenMax) this.firstTokenMax = other.firstTokenMax
    if (other.firstMs < this.firstMs) this.firstMs = other.firstMs
    if (other.lastMs > this.lastMs) this.lastMs = other.lastMs
  }
}
