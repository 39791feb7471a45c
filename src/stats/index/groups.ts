/** Cells and pending requests into the groups of an answer. */
import type { BreakdownRow, GroupBy, ModelStats, Period, Weekday } from '../stats-engine.js'
import { PERIODS } from '../stats-engine.js'
import { periodOfSlot, type Resolution } from './calendar.js'
import { Cell } from './cell.js'
import { measuresOf } from './measures.js'
import { valuesIn } from './scan.js'
import type { Slices } from './slices.js'

/** What is known of a value of a dimension, of a cell's tuple or of a pending request. */
export type ValueOf = (dimension: Exclude<GroupBy, Period>) => string | null

/** Sums of a group; of one that has a single cell that cell itself, which is not changed. */
export class Group {
  #cell: Cell | undefined
  #isOwn = false
  pending = 0
  interrupted = 0

  get cell(): Cell {
    return this.#cell ?? NOTHING
  }

  add(cell: Cell): void {
    if (this.#cell === undefined) {
      this.#cell = cell
      return
    }
    if (!this.#isOwn) {
      const own = new Cell()
      own.merge(this.#cell)
      this.#cell = own
      this.#isOwn = true
    }
    this.#cell.merge(cell)
  }

  addGroup(other: Group): void {
    if (other.#cell !== undefined) this.add(other.#cell)
    this.pending += other.pending
    this.interrupted += other.interrupted
  }
}

const NOTHING = new Cell()

interface Keyed {
  readonly group: Group
  readonly order: readonly (number | Buffer | null)[]
  readonly labels: readonly (string | null)[]
}

interface Key {
  readonly order: readonly (number | Buffer | null)[]
  readonly label: string | null
}

export class Groups {
  readonly #groupBy: readonly GroupBy[]
  readonly #resolution: Resolution
  readonly #weekStart: Weekday
  readonly #groups = new Map<string, Keyed>()
  readonly #models = new Map<string | null, Group>()
  readonly #periods = new Map<number, readonly Key[]>()
  #sources = 0
  readonly #ofTuples = new Map<unknown, readonly Keyed[]>()

  constructor(groupBy: readonly GroupBy[], resolution: Resolution, weekStart: Weekday) {
    this.#groupBy = groupBy
    this.#resolution = resolution
    this.#weekStart = weekStart
  }

  /** The groups of a slot and the values; `tuple` says that the values are the same as those it was given before. */
  groupsOf(slot: number, textIn: ValueOf, tuple?: string): readonly Group[] {
    const name = tuple === undefined ? undefined : `${slot} ${tuple}`
    const known = name === undefined ? undefined : this.#ofTuples.get(name)
    if (known !== undefined) return known.map(({ group }) => group)
    const periods = this.#keysOfSlot(slot)
    let period = 0
    const lists = this.#groupBy.map((by): readonly Key[] => {
      if (isPeriod(by)) return [periods[period++] ?? { order: [], label: null }]
      return valuesIn(by, textIn(by)).map((value) => ({
        order: [value === null ? null : Buffer.from(value)],
        label: value,
      }))
    })
    const keyed = combine(lists).map((keys) => this.#keyed(keys))
    if (name !== undefined) this.#ofTuples.set(name, keyed)
    return keyed.map(({ group }) => group)
  }

  /** For the names of tuples, which are numbered anew in each cube. */
  newSource(): number {
    this.#sources += 1
    return this.#sources
  }

  modelOf(model: string | null): Group {
    let group = this.#models.get(model)
    if (group === undefined) {
      group = new Group()
      this.#models.set(model, group)
    }
    return group
  }

  get total(): Group {
    const total = new Group()
    for (const group of this.#models.values()) total.addGroup(group)
    return total
  }

  models(): Record<string, ModelStats> {
    const named = [...this.#models].flatMap(([model, group]) => (model === null ? [] : [{ model, group }]))
    named.sort((a, b) => Buffer.compare(Buffer.from(a.model), Buffer.from(b.model)))
    // Not by assignment: a model may be named `__proto__`.
    return Object.fromEntries(
      named.map(({ model, group }): [string, ModelStats] => {
        const measures = measuresOf(group)
        const { totalRequests, totalTokens, estimatedCost } = measures
        return [model, { ...measures, requests: totalRequests, tokens: totalTokens, cost: estimatedCost }]
      }),
    )
  }

  async breakdown(slices: Slices): Promise<BreakdownRow[]> {
    const first = this.#groupBy.find(isPeriod)
    const names = this.#groupBy.map((by) => (by === first ? 'period' : by))
    const groups = [...this.#groups.values()].sort((a, b) => compareOrder(a.order, b.order))
    const rows: BreakdownRow[] = []
    for (const { group, labels } of groups) {
      if (slices.isOver) await slices.rest()
      const measures = measuresOf(group)
      // Spreading objects of unknown keys costs V8 ten times as much.
      rows.push(
        Object.assign(
          Object.fromEntries<string | null>(names.map((name, at) => [name, labels[at] ?? null])),
          measures,
          { requests: measures.totalRequests, tokens: measures.totalTokens },
        ),
      )
    }
    return rows
  }

  #keysOfSlot(slot: number): readonly Key[] {
    let keys = this.#periods.get(slot)
    if (keys === undefined) {
      keys = this.#groupBy
        .filter(isPeriod)
        .map((period) => periodOfSlot(this.#resolution, slot, period, this.#weekStart))
      this.#periods.set(slot, keys)
    }
    return keys
  }

  #keyed(keys: readonly Key[]): Keyed {
    const labels = keys.map(({ label }) => label)
    // A label of an hour holds its offset, so two of one label are one.
    const name = JSON.stringify(labels)
    let keyed = this.#groups.get(name)
    if (keyed === undefined) {
      keyed = { group: new Group(), order: keys.flatMap(({ order }) => order), labels }
      this.#groups.set(name, keyed)
    }
    return keyed
  }
}

export function isPeriod(by: GroupBy): by is Period {
  return PERIODS.some((period) => period === by)
}

function combine(lists: readonly (readonly Key[])[]): Key[][] {
  return lists.reduce<Key[][]>((rows, list) => rows.flatMap((row) => list.map((key) => [...row, key])), [[]])
}

/** Numbers by size, texts by their bytes, null last. */
function compareOrder(
  a: readonly (number | Buffer | null)[],
  b: readonly (number | Buffer | null)[],
): number {
  for (const [at, left] of a.entries()) {
    const right = b[at] ?? null
    if (left === null || right === null) {
      if (left !== right) return left === null ? 1 : -1
    } else if (typeof left === 'number' && typeof right === 'number') {
      if (left !== right) return left - right
    } else if (typeof left !== 'number' && typeof right !== 'number') {
      const order = Buffer.compare(left, right)
      if (order !== 0) return order
    }
  }
  return 0
}
