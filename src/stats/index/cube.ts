/** Finished requests summed up by slot and by the values of some dimensions. */

import type { Slices } from '../../slices.js'
import type { Dimension } from '../stats-engine.js'
import type { Calendar } from './calendar.js'
import { Cell } from './cell.js'
import { CODED, COMBINED, type CodedDimension, type CombinedDimension } from './combination.js'

/** Slots that are summed up together for questions that do not tell them apart: a month of days. */
const SLOTS_OF_CHUNK = 32

/** Neighbouring slots, and the sums of each tuple over all of them. */
export interface Chunk {
  readonly slots: readonly (readonly [slot: number, cells: ReadonlyMap<number, Cell>])[]
  readonly sums: ReadonlyMap<number, Cell>
}

export class Cube {
  readonly calendar: Calendar
  readonly combined: readonly CombinedDimension[]
  readonly coded: readonly CodedDimension[]
  /** Slot -> tuple -> sums. */
  readonly #slots = new Map<number, Map<number, Cell>>()
  /** The values of a tuple, in the order of `dimensions`. */
  readonly tuples: (readonly (string | null)[])[] = []
  readonly #tupleCodes = new Map<string, number>()
  /** Slots by chunk, and what was summed up of those that did not change since. */
  readonly #slotsOf = new Map<number, number[]>()
  readonly #chunks = new Map<number, Chunk>()
  /** How many cells there are. */
  cells = 0

  constructor(calendar: Calendar, dimensions: readonly Dimension[]) {
    this.calendar = calendar
    this.combined = COMBINED.filter((dimension) => dimensions.includes(dimension))
    this.coded = CODED.filter((dimension) => dimensions.includes(dimension))
  }

  get dimensions(): readonly (CombinedDimension | CodedDimension)[] {
    return [...this.combined, ...this.coded]
  }

  tupleOf(values: readonly (string | null)[]): number {
    const key = JSON.stringify(values)
    const known = this.#tupleCodes.get(key)
    if (known !== undefined) return known
    const code = this.tuples.push(values) - 1
    this.#tupleCodes.set(key, code)
    return code
  }

  /** The cells of a slot, which are about to change. */
  slot(number: number): Map<number, Cell> {
    const chunk = Math.floor(number / SLOTS_OF_CHUNK)
    this.#chunks.delete(chunk)
    let slot = this.#slots.get(number)
    if (slot === undefined) {
      slot = new Map()
      this.#slots.set(number, slot)
      this.#slotsOf.set(chunk, [...(this.#slotsOf.get(chunk) ?? []), number])
    }
    return slot
  }

  cell(slot: Map<number, Cell>, tuple: number): Cell {
    let cell = slot.get(tuple)
    if (cell === undefined) {
      cell = new Cell()
      slot.set(tuple, cell)
      this.cells += 1
    }
    return cell
  }

  async *chunks(slices: Slices): AsyncGenerator<Chunk> {
    for (const [number, slots] of this.#slotsOf) {
      if (slices.isOver) await slices.rest()
      const chunk = this.#chunks.get(number) ?? (await this.#sumUp(slots, slices))
      this.#chunks.set(number, chunk)
      yield chunk
    }
  }

  /** Empties the slots, and gives the spans of time to sum up again. */
  forget(slots: ReadonlySet<number>): { readonly fromMs: number; readonly endMs: number }[] {
    return [...slots].flatMap((number) => {
      const slot = this.slot(number)
      const [first] = slot.values()
      this.cells -= slot.size
      slot.clear()
      return first === undefined ? [] : [this.calendar.slotAround(first.firstMs)]
    })
  }

  async #sumUp(numbers: readonly number[], slices: Slices): Promise<Chunk> {
    const slots = numbers.map((number) => [number, this.#slots.get(number) ?? NO_CELLS] as const)
    const sums = new Map<number, Cell>()
    const own = new Set<Cell>()
    for (const [, cells] of slots) {
      if (slices.isOver) await slices.rest()
      for (const [tuple, cell] of cells) {
        let sum = sums.get(tuple)
        if (sum === undefined) {
          // Of one slot alone that cell itself.
          sums.set(tuple, cell)
          continue
        }
        if (!own.has(sum)) {
          const first = sum
          sum = new Cell()
          sum.merge(first)
          own.add(sum)
          sums.set(tuple, sum)
        }
        sum.merge(cell)
      }
    }
    return { slots, sums }
  }
}

const NO_CELLS: ReadonlyMap<number, Cell> = new Map()
