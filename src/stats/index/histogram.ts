/**
 * How often values lie in classes that are 2% wide, so that a value is known within 1% however many there are.
 * As in DDSketch (Masson, Rim, Lee 2019): class i holds (γ^(i-1), γ^i], and 2γ^i/(γ+1) is within (γ-1)/(γ+1) of all in it.
 */
const GAMMA = 1.02
const PER_LN = 1 / Math.log(GAMMA)
/** Class 0 holds what is below a picosecond in ms; the class of the largest double is below 2^16. */
const SMALLEST = 1e-9
const FIRST = 1 - Math.ceil(Math.log(SMALLEST) * PER_LN)

/** Of a finite number from 0 on. */
export function classOf(value: number): number {
  return value < SMALLEST ? 0 : Math.max(1, Math.ceil(Math.log(value) * PER_LN) + FIRST)
}

/** Made as they are asked for. */
const VALUES = new Float64Array(2 ** 16)

export function valueIn(index: number): number {
  if (index === 0) return 0
  const known = VALUES[index] ?? 0
  if (known > 0) return known
  const value = Math.min(GAMMA ** (index - FIRST) * (2 / (GAMMA + 1)), Number.MAX_VALUE)
  VALUES[index] = value
  return value
}

export class Histogram {
  /** The class that `counts[0]` counts. */
  first = 0
  counts: Uint32Array = NO_COUNTS
  total = 0

  add(index: number, times = 1): void {
    this.#cover(index, index + 1)
    const at = index - this.first
    this.counts[at] = (this.counts[at] ?? 0) + times
    this.total += times
  }

  merge(other: Histogram): void {
    if (other.total === 0) return
    this.#cover(other.first, other.first + other.counts.length)
    const shift = other.first - this.first
    const { counts } = this
    for (let at = 0; at < other.counts.length; at++) {
      counts[at + shift] = (counts[at + shift] ?? 0) + (other.counts[at] ?? 0)
    }
    this.total += other.total
  }

  /** The values at the ranks ceil(percent / 100 x total), for percents in rising order; zeros when nothing was counted. */
  ranks(percents: readonly number[]): number[] {
    const values: number[] = []
    const { counts, first, total } = this
    let at = -1
    let seen = 0
    for (const percent of percents) {
      const rank = Math.ceil((percent * total) / 100)
      while (seen < rank) seen += counts[++at] ?? 0
      values.push(total === 0 ? 0 : valueIn(first + at))
    }
    return values
  }

  #cover(from: number, to: number): void {
    const end = this.first + this.counts.length
    if (this.counts.length > 0 && from >= this.first && to <= end) return
    const isEmpty = this.counts.length === 0
    const first = isEmpty ? from : Math.min(this.first, from)
    const last = isEmpty ? to : Math.max(end, to)
    const counts = new Uint32Array(last - first + MARGIN)
    counts.set(this.counts, isEmpty ? 0 : this.first - first)
    this.first = first
    this.counts = counts
  }
}

const NO_COUNTS = new Uint32Array(0)
/** Classes above the highest one, so that not each new value makes a new array. */
const MARGIN = 16
