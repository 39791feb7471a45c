/** Cells and pending requests into the groups of an answer. */

import type { Slices } from '../../slices.js'
import type { BreakdownRow, GroupBy, ModelStats, Period, Weekday } from '../stats-engine.js'
import { PERIODS } from '../stats-engine.js'
import { periodOfSlot, type Resolution } from './calendar.js'
import { Group } from './group.js'
import { groupMeasuresOf, measuresOf } from './measures.js'
import { valuesIn } from './scan.js'

/** The text of a dimension, of a cell's tuple or of a pending request. */
export type TextOf = (dimension: Exclude<GroupBy, Period>) => string | null

/** What a group has of one of the names it is grouped by. */
interface Value {
  readonly code: number
  /** By which groups are ordered, before the label. */
  readonly order: readonly number[]
  readonly label: string | null
}

/** A group in the making: of the groups of `outer` those that have the value, too. */
interface Keyed {
  readonly code: number
  readonly depth: number
  readonly outer: Keyed | undefined
  readonly value: Value
  readonly group: Group
}

/** Values of one name are fewer. */
const CODES = 2 ** 24

export class Groups {
  readonly #groupBy: readonly GroupBy[]
  readonly #resolution: Resolution
  readonly #weekStart: Weekday
  /** By the code of the group that lacks the last value, and the code of that. */
  readonly #groups = new Map<number, Keyed>()
  readonly #all: Keyed[] = []
  readonly #values = new Map<string, Map<string | null, Value>>()
  readonly #models = new Map<string | null, Group>()

  constructor(groupBy: readonly GroupBy[], resolution: Resolution, weekStart: Weekday) {
    this.#groupBy = groupBy
    this.#resolution = resolution
    this.#weekStart = weekStart
  }

  get isGrouped(): boolean {
    return this.#groupBy.length > 0
  }

  get hasPeriods(): boolean {
    return this.#groupBy.some(isPeriod)
  }

  /** For each name that is a dimension the values of the texts, undefined for periods. */
  valuesOf(textOf: TextOf): readonly (readonly Value[] | undefined)[] {
    return this.#groupBy.map((by) =>
      isPeriod(by) ? undefined : valuesIn(by, textOf(by)).map((text) => this.#value(by, text, [])),
    )
  }

  /** For each name that is a period its value of the slot, undefined for dimensions. */
  periodsOf(slot: number): readonly (readonly Value[] | undefined)[] {
    return this.#groupBy.map((by) => {
      if (!isPeriod(by)) return undefined
      const { label, order } = periodOfSlot(this.#resolution, slot, by, this.#weekStart)
      return [this.#value(by, label, order)]
    })
  }

  /** Tells the groups of a slot and of a tuple; a request with several tags is in several. */
  forEach(
    periods: readonly (readonly Value[] | undefined)[],
    values: readonly (readonly Value[] | undefined)[],
    tell: (group: Group) => void,
  ): void {
    this.#tell(0, NOTHING, periods, values, tell)
  }

  #tell(
    at: number,
    outer: Keyed,
    periods: readonly (readonly Value[] | undefined)[],
    values: readonly (readonly Value[] | undefined)[],
    tell: (group: Group) => void,
  ): void {
    if (at === this.#groupBy.length) {
      tell(outer.group)
      return
    }
    for (const value of periods[at] ?? values[at] ?? []) {
      this.#tell(at + 1, this.#within(outer, value), periods, values, tell)
    }
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
    const named = [...this.#models].flatMap(([model, group]) =>
      model === null || group.isEmpty ? [] : [{ model, group }],
    )
    named.sort((a, b) => compareTexts(a.model, b.model))
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
    const depth = this.#groupBy.length
    const groups = this.#all.filter((keyed) => keyed.depth === depth && !keyed.group.isEmpty)
    groups.sort(compareKeyed)
    const rows: BreakdownRow[] = []
    for (const keyed of groups) {
      if (slices.isOver) await slices.rest()
      const { cell, pending, interrupted } = keyed.group
      const row: NamedRow = groupMeasuresOf(cell, pending, interrupted)
      name(row, names, keyed)
      rows.push(row)
    }
    return rows
  }

  #within(outer: Keyed, value: Value): Keyed {
    const key = outer.code * CODES + value.code
    let keyed = this.#groups.get(key)
    if (keyed === undefined) {
      keyed = {
        code: this.#all.length + 1,
        depth: outer.depth + 1,
        outer,
        value,
        group: new Group(),
      }
      this.#all.push(keyed)
      this.#groups.set(key, keyed)
    }
    return keyed
  }

  #value(by: GroupBy, label: string | null, order: readonly number[]): Value {
    let values = this.#values.get(by)
    if (values === undefined) {
      values = new Map()
      this.#values.set(by, values)
    }
    let value = values.get(label)
    if (value === undefined) {
      value = { code: values.size, order, label }
      values.set(label, value)
    }
    return value
  }
}

const NOTHING: Keyed = {
  code: 0,
  depth: 0,
  outer: undefined,
  value: { code: 0, order: [], label: null },
  group: new Group(),
}

/** While it gets its names. */
type NamedRow = { -readonly [name in keyof BreakdownRow]: BreakdownRow[name] }

/** The outermost first. */
function name(row: NamedRow, names: readonly string[], { depth, outer, value }: Keyed): void {
  if (outer === undefined) return
  name(row, names, outer)
  row[names[depth - 1] ?? ''] = value.label
}

export function isPeriod(by: GroupBy): by is Period {
  return PERIODS.some((period) => period === by)
}

function compareKeyed(a: Keyed, b: Keyed): number {
  if (a === b || a.outer === undefined || b.outer === undefined) return 0
  return compareKeyed(a.outer, b.outer) || (a.value === b.value ? 0 : compareValue(a.value, b.value))
}

/** Null last. */
function compareValue(a: Value, b: Value): number {
  for (let at = 0; at < a.order.length; at++) {
    const order = (a.order[at] ?? 0) - (b.order[at] ?? 0)
    if (order !== 0) return order
  }
  if (a.label === null || b.label === null) return Number(a.label === null) - Number(b.label === null)
  return a.order.length > 0 ? 0 : compareTexts(a.label, b.label)
}

/** As their bytes in UTF-8 are ordered. */
function compareTexts(a: string, b: string): number {
  if (isAscii(a) && isAscii(b)) return a < b ? -1 : a > b ? 1 : 0
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false
  return true
}
