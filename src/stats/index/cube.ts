/** Finished requests summed up by slot and by the values of some dimensions. */
import type { Dimension } from '../stats-engine.js'
import type { Calendar } from './calendar.js'
import { Cell } from './cell.js'
import { CODED, COMBINED, type CodedDimension, type CombinedDimension } from './combination.js'

export class Cube {
  readonly calendar: Calendar
  readonly combined: readonly CombinedDimension[]
  readonly coded: readonly CodedDimension[]
  /** Slot -> tuple -> sums. */
  readonly slots = new Map<number, Map<number, Cell>>()
  /** The values of a tuple, in the order of `dimensions`. */
  readonly tuples: (readonly (string | null)[])[] = []
  readonly #totals = new Map<number, Cell>()
  readonly #tupleCodes = new Map<string, number>()
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

  slot(number: number): Map<number, Cell> {
    let slot = this.slots.get(number)
    if (slot === undefined) {
      slot = new Map()
      this.slots.set(number, slot)
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

  /** Of a tuple over all slots; kept up to date from then on. */
  total(tuple: number): Cell {
    let total = this.#totals.get(tuple)
    if (total === undefined) {
      total = new Cell()
      for (const cells of this.slots.values()) {
        const cell = cells.get(tuple)
        if (cell !== undefined && cell.requests > 0) total.merge(cell)
      }
      this.#totals.set(tuple, total)
    }
    return total
  }

  /** Drops the slots, and gives the spans of time to sum up again. */
  forget(slots: ReadonlySet<number>): { readonly fromMs: number; readonly endMs: number }[] {
    this.#totals.clear()
    return [...slots].flatMap((number) => {
      const cells = [...(this.slots.get(number)?.values() ?? [])]
      this.slots.delete(number)
      this.cells -= cells.length
      const [first] = cells
      return first === undefined ? [] : [this.calendar.slotAround(first.firstMs)]
    })
  }

  /** Undefined while nobody asked for it. */
  knownTotal(tuple: number): Cell | undefined {
    return this.#totals.get(tuple)
  }
}
