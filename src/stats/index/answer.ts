/** A question answered from a scope: whole slots from its cubes, edges and rare shapes from the rows. */

import type { Slices } from '../../slices.js'
import type {
  BreakdownRow,
  Dimension,
  GroupBy,
  Measures,
  ModelStats,
  StatsQuestion,
} from '../stats-engine.js'
import { addPending } from './add-pending.js'
import { Calendar, type Resolution } from './calendar.js'
import { Cell } from './cell.js'
import { type Chunk, Cube } from './cube.js'
import type { Group } from './group.js'
import { Groups, isPeriod } from './groups.js'
import { measuresOf } from './measures.js'
import { includes, valuesIn, type Wanted } from './scan.js'
import type { Scope } from './scope.js'

export interface ScopeAnswer {
  readonly firstMs: number | null
  readonly lastMs: number | null
  readonly measures: Measures
  readonly breakdown: readonly BreakdownRow[]
  readonly models: Readonly<Record<string, ModelStats>>
}

export async function answerFrom(
  scope: Scope,
  question: StatsQuestion,
  slices: Slices,
): Promise<ScopeAnswer> {
  const { groupBy, weekStart, timezone } = question
  const wanted = wantedOf(question)
  const resolution = resolutionOf(question)
  const groups = new Groups(groupBy, resolution, weekStart)
  const found = { firstMs: Number.POSITIVE_INFINITY, lastMs: Number.NEGATIVE_INFINITY }
  const onCell = (cell: Cell): void => {
    if (cell.firstMs < found.firstMs) found.firstMs = cell.firstMs
    if (cell.lastMs > found.lastMs) found.lastMs = cell.lastMs
  }
  const calendar = new Calendar(resolution, timezone, weekStart)
  const views = await viewsOf(scope, question, wanted, calendar, slices)
  const whole = views === undefined ? undefined : wholeSlots(calendar, wanted)
  for (const { fromMs, toMs } of rangesOfRows(whole, wanted)) {
    const rows = new Cube(calendar, dimensionsOf(['model'], groupBy))
    await scope.scan(rows, { ...wanted, fromMs, toMs }, slices)
    await addCube(groups, { cube: rows, ...BOTH }, new Map(), ALL_OF_TIME, slices, onCell)
  }
  if (views !== undefined && whole !== undefined && whole.fromMs < whole.endMs) {
    for (const view of views) await addCube(groups, view, wanted.filter, whole, slices, onCell)
  }
  await addPending(groups, scope, question, wanted, calendar, slices, (start) => {
    if (start < found.firstMs) found.firstMs = start
    if (start > found.lastMs) found.lastMs = start
  })
  return {
    firstMs: Number.isFinite(found.firstMs) ? found.firstMs : null,
    lastMs: Number.isFinite(found.lastMs) ? found.lastMs : null,
    measures: measuresOf(groups.total),
    breakdown: groupBy.length === 0 ? [] : await groups.breakdown(slices),
    models: groups.models(),
  }
}

function wantedOf({ chatId, fromMs, toMs, filter }: StatsQuestion): Wanted {
  const withChat = new Map(filter)
  if (chatId !== undefined) {
    const others = filter.get('chat')
    withChat.set('chat', others === undefined || others.includes(chatId) ? [chatId] : [])
  }
  return {
    fromMs: fromMs ?? Number.NEGATIVE_INFINITY,
    toMs: toMs ?? Number.POSITIVE_INFINITY,
    filter: withChat,
  }
}

/** Slots of weeks and months are far fewer than those of days, which the edges of a range are made of. */
function resolutionOf({ groupBy, fromMs, toMs }: StatsQuestion): Resolution {
  const [period, ...others] = groupBy.filter(isPeriod)
  if (groupBy.includes('hour')) return 'hour'
  if (fromMs !== undefined || toMs !== undefined || others.length > 0) return 'day'
  return period ?? 'all'
}

/** A cube and what of the answer is made from it. */
interface View {
  readonly cube: Cube
  readonly forBreakdown: boolean
  readonly forModels: boolean
}

const BOTH = { forBreakdown: true, forModels: true }

/**
 * One cube, or one for the breakdown and one for the models: values of the groups times models can be too many cells. Undefined
 * when there are too many, or when reading the rows costs less.
 */
async function viewsOf(
  scope: Scope,
  { chatId, groupBy }: StatsQuestion,
  { filter }: Wanted,
  calendar: Calendar,
  slices: Slices,
): Promise<View[] | undefined> {
  if (chatId !== undefined || calendar.resolution === 'hour') return undefined
  const forModels = dimensionsOf(['model', ...filter.keys()], [])
  const models = await scope.cube(calendar, forModels, slices)
  if (models === undefined) return undefined
  const forBreakdown = dimensionsOf([...filter.keys()], groupBy)
  if (forBreakdown.every((dimension) => forModels.includes(dimension))) return [{ cube: models, ...BOTH }]
  const breakdown = await scope.cube(calendar, forBreakdown, slices)
  return (
    breakdown && [
      { cube: models, forBreakdown: false, forModels: true },
      { cube: breakdown, forBreakdown: true, forModels: false },
    ]
  )
}

function dimensionsOf(dimensions: readonly Dimension[], groupBy: readonly GroupBy[]): Dimension[] {
  const grouped = groupBy.filter((by): by is Dimension => !isPeriod(by))
  return [...new Set<Dimension>([...dimensions, ...grouped])]
}

interface Whole {
  readonly fromMs: number
  readonly endMs: number
}

const ALL_OF_TIME: Whole = { fromMs: Number.NEGATIVE_INFINITY, endMs: Number.POSITIVE_INFINITY }

/** What of the range whole slots do not tell. */
function rangesOfRows(whole: Whole | undefined, wanted: Wanted): { fromMs: number; toMs: number }[] {
  if (whole === undefined || whole.fromMs >= whole.endMs) return [wanted]
  return [
    { fromMs: wanted.fromMs, toMs: whole.fromMs - 1 },
    { fromMs: whole.endMs, toMs: wanted.toMs },
  ].filter((range) => range.fromMs <= range.toMs)
}

/** The slots that lie in the range as a whole. */
function wholeSlots(calendar: Calendar, { fromMs, toMs }: Wanted): Whole {
  return {
    fromMs: Number.isFinite(fromMs) ? calendar.startFrom(fromMs) : fromMs,
    endMs: Number.isFinite(toMs) ? calendar.endBefore(toMs + 1) : toMs,
  }
}

async function addCube(
  groups: Groups,
  { cube, forBreakdown, forModels }: View,
  filter: Wanted['filter'],
  range: Whole,
  slices: Slices,
  onCell: (cell: Cell) => void,
): Promise<void> {
  const places = new Map(cube.dimensions.map((dimension, at) => [dimension as string, at] as const))
  const tuples = cube.tuples.map((texts) => {
    const textOf = (dimension: string): string | null => texts[places.get(dimension) ?? -1] ?? null
    const isWanted = [...filter].every(([dimension, wanted]) =>
      valuesIn(dimension, textOf(dimension)).some((value) => includes(wanted, value)),
    )
    return isWanted ? { model: groups.modelOf(textOf('model')), values: groups.valuesOf(textOf) } : undefined
  })
  const isGrouped = forBreakdown && groups.isGrouped
  let added = NO_CELL
  const add = (group: Group): void => group.add(added)
  for await (const chunk of cube.chunks(slices)) {
    for (const [tuple, sum] of chunk.sums) {
      const known = tuples[tuple]
      if (known === undefined) continue
      for (const cell of cellsIn(range, tuple, sum, chunk)) {
        if (forModels) {
          known.model.add(cell)
          onCell(cell)
        }
        if (isGrouped && !groups.hasPeriods) {
          added = cell
          groups.forEach(NO_PERIODS, known.values, add)
        }
      }
    }
    if (!isGrouped || !groups.hasPeriods) continue
    for (const [slot, cells] of chunk.slots) {
      if (slices.isOver) await slices.rest()
      const periods = groups.periodsOf(slot)
      for (const [tuple, cell] of cells) {
        const known = tuples[tuple]
        if (known === undefined || !isIn(range, cell)) continue
        added = cell
        groups.forEach(periods, known.values, add)
      }
    }
  }
}

// One function for all cells: of a year there are thousands at each question.
const NO_CELL = new Cell()
const NO_PERIODS: readonly undefined[] = []

/** The sum of a tuple when all of it is in the range, otherwise its cells that are. */
function cellsIn(range: Whole, tuple: number, sum: Cell, { slots }: Chunk): readonly Cell[] {
  if (isIn(range, sum) && sum.lastMs < range.endMs) return [sum]
  return slots.flatMap(([, cells]) => {
    const cell = cells.get(tuple)
    return cell !== undefined && isIn(range, cell) ? [cell] : []
  })
}

/** Whether a cell is of requests, and these of the range: as a slot lies in it as a whole or not at all, the first tells. */
function isIn({ fromMs, endMs }: Whole, cell: Cell): boolean {
  return cell.requests > 0 && cell.firstMs >= fromMs && cell.firstMs < endMs
}
