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
}
