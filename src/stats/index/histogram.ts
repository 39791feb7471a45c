/**
 * How often values lie in classes that are 2% wide, so that a value is known within 1% however many there are.
 * As in DDSketch (Masson, Rim, Lee 2019): class i holds (γ^(i-1), γ^i], and 2γ^i/(γ+1) is within (γ-1)/(γ+1) of all in it.
 */
import type { Percentiles } from '../stats-engine.js'

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

/** Usual values of one group lie within so many classes: a factor of 20,000. */
const MAX_SPAN = 512
/** Classes above the highest one, so that not each new value makes a new array. */
const MARGIN = 16
const PERCENTS = [50, 90, 95, 99]
const NO_COUNTS = new Uint32Array(0)

export class Histogram {
  /** The class that `#counts[0]` counts. */
  #first = 0
  #counts: Uint32Array = NO_COUNTS
  /** Classes too far from the others, and 0. */
  #outside: Map<number, number> | undefined
  /** How many are outside. */
  #far = 0
  total = 0
  /** Until something is added: most cells of a year are asked for again and again. */
  #percentiles: Percentiles | undefined

  add(index: number, times = 1): void {
    this.total += times
    this.#percentiles = undefined
    if (index > 0 && this.#covers(index, index + 1)) {
      const at = index - this.#first
      this.#counts[at] = (this.#counts[at] ?? 0) + times
      return
    }
    this.#far += times
    this.#outside ??= new Map()
    this.#outside.set(index, (this.#outside.get(index) ?? 0) + times)
  }

  /** Adds entries of rising classes from `from` on and before `end`. */
  addAll(classes: ArrayLike<number>, times: ArrayLike<number>, from: number, end: number): void {
    if (from === end) return
    const first = classes[from] ?? 0
    if (first === 0 || !this.#covers(first, (classes[end - 1] ?? 0) + 1)) {
      for (let at = from; at < end; at++) this.add(classes[at] ?? 0, times[at])
      return
    }
    this.#percentiles = undefined
    const counts = this.#counts
    for (let at = from; at < end; at++) {
      const place = (classes[at] ?? 0) - this.#first
      const more = times[at] ?? 0
      counts[place] = (counts[place] ?? 0) + more
      this.total += more
    }
  }

  merge(other: Histogram): void {
    const counts = other.#counts
    const from = other.#first
    this.#percentiles = undefined
    if (counts.length > 0 && this.#covers(from, from + counts.length)) {
      const own = this.#counts
      const shift = from - this.#first
      for (let at = 0; at < counts.length; at++) own[at + shift] = (own[at + shift] ?? 0) + (counts[at] ?? 0)
      this.total += other.total - other.#far
      for (const [index, times] of other.#outside ?? []) if (times > 0) this.add(index, times)
    } else for (const [index, times] of other.entries()) this.add(index, times)
  }

  /** The classes that were counted, each with how often. */
  *entries(): Generator<readonly [index: number, times: number]> {
    for (const [at, times] of this.#counts.entries()) if (times > 0) yield [this.#first + at, times]
    for (const [index, times] of this.#outside ?? []) if (times > 0) yield [index, times]
  }

  /** Frozen, as answers share it. `max`: the largest of the values; the middle of its class may be above it. */
  percentiles(max: number): Percentiles {
    if (this.#percentiles?.max !== max) {
      const [p50 = 0, p90 = 0, p95 = 0, p99 = 0] = this.ranks(PERCENTS).map((value) => Math.min(value, max))
      this.#percentiles = Object.freeze({ p50, p90, p95, p99, max })
    }
    return this.#percentiles
  }

  /** The values at the ranks ceil(percent / 100 x total), for percents in rising order; zeros when nothing was counted. */
  ranks(percents: readonly number[]): number[] {
    const values = percents.map(() => 0)
    if (this.total === 0) return values
    const classes = this.#outside === undefined ? undefined : this.#sorted(this.#outside)
    let at = -1
    let seen = 0
    for (let index = 0; index < percents.length; index++) {
      const rank = Math.ceil(((percents[index] ?? 0) * this.total) / 100)
      while (seen < rank)
        seen += classes === undefined ? (this.#counts[++at] ?? 0) : (classes[++at]?.[1] ?? 0)
      values[index] = valueIn(classes === undefined ? this.#first + at : (classes[at]?.[0] ?? 0))
    }
    return values
  }

  #sorted(outside: ReadonlyMap<number, number>): (readonly [index: number, times: number])[] {
    const inside = Array.from(this.#counts, (times, at) => [this.#first + at, times] as const)
    return [...outside, ...inside].sort(([a], [b]) => a - b)
  }

  /** Whether the classes are among those counted one by one, or can be without many in between. */
  #covers(from: number, to: number): boolean {
    const end = this.#first + this.#counts.length
    if (from >= this.#first && to <= end) return true
    const isEmpty = this.#counts.length === 0
    const first = isEmpty ? from : Math.min(this.#first, from)
    const last = isEmpty ? to : Math.max(end, to)
    if (last - first > MAX_SPAN) return false
    // Never more: a class that was too far from the others stays outside, and is taken back from there.
    const counts = new Uint32Array(Math.min(last - first + MARGIN, MAX_SPAN))
    counts.set(this.#counts, isEmpty ? 0 : this.#first - first)
    this.#first = first
    this.#counts = counts
    return true
  }
}
