/**
 * The stats as a plain fold over the lines of the files: what every engine must answer. Written to be read, not to be
 * fast; it shares no code with the engines but the contract and the check of a timestamp.
 */
import type { Writer } from '../src/entry/entry.js'
import type {
  BreakdownRow,
  Dimension,
  GroupBy,
  LogQuestion,
  ModelStats,
  Period,
  StatsAnswer,
  StatsQuestion,
} from '../src/stats/stats-engine.js'
import { type FoldedEntry, isObject, type Json, readWinners } from './stats-fold-lines.js'
import { measure, periodOf } from './stats-fold-measures.js'
import { repriced } from './stats-fold-reprice.js'

export function foldStats(question: StatsQuestion): StatsAnswer {
  const { winners, lines, damaged } = readWinners(question.sources)
  const entries = winners
    .filter((entry) => matches(entry, question))
    .map((entry) => repriced(judge(entry, question.isGone), question.reprice))
  const starts = entries.map((entry) => entry.startMs)
  const models = groupEntries(entries, (entry) => dimensionKeys(entry, ['model'])).filter(
    ([[name]]) => name !== null,
  )
  return {
    firstMs: entries.length === 0 ? null : Math.min(...starts),
    lastMs: entries.length === 0 ? null : Math.max(...starts),
    measures: measure(entries),
    breakdown: question.groupBy.length === 0 ? [] : breakdown(entries, question),
    models: Object.fromEntries(
      models.map(([[name], group]): [string, ModelStats] => {
        const measures = measure(group)
        return [
          name ?? '',
          {
            ...measures,
            requests: measures.totalRequests,
            tokens: measures.totalTokens,
            cost: measures.estimatedCost,
          },
        ]
      }),
    ),
    lines,
    damaged,
  }
}

export function foldLogs(question: LogQuestion): string[] {
  const { before, id, limit } = question
  return readWinners(question.sources)
    .winners.filter(
      (entry) => matches(entry, question) && (id === undefined || entry.id === id) && !entry.summarized,
    )
    .sort((a, b) => b.startMs - a.startMs || compareText(b.id, a.id))
    .filter(
      ({ startMs, id: other }) =>
        before === undefined ||
        startMs < before.ms ||
        (startMs === before.ms && compareText(other, before.id) < 0),
    )
    .slice(0, limit)
    .map(({ text }) => text)
}

function judge(entry: FoldedEntry, isGone: (writer: Writer) => boolean): FoldedEntry {
  const { writer } = entry.line
  if (entry.state !== 'pending' || !isObject(writer)) return entry
  const { host, pid, started } = writer
  if (typeof host !== 'string' || typeof pid !== 'number' || typeof started !== 'string') return entry
  return isGone({ host, pid, started }) ? { ...entry, state: 'interrupted' } : entry
}

function matches(
  { line, startMs }: FoldedEntry,
  { chatId, fromMs, toMs, filter }: Pick<StatsQuestion, 'chatId' | 'fromMs' | 'toMs' | 'filter'>,
): boolean {
  if (chatId !== undefined && textOf(line.chat_id) !== chatId) return false
  if ((fromMs !== undefined && startMs < fromMs) || (toMs !== undefined && startMs > toMs)) return false
  return [...filter].every(([dimension, wanted]) =>
    valuesOf(line, dimension).some((value) => value !== null && wanted.includes(value)),
  )
}

const FIELDS: Readonly<Record<string, string>> = {
  chat: 'chat_id',
  project: 'project_id',
  user: 'user_id',
  session: 'session_id',
}

/** What an entry has of a dimension; several only for tags, null for none. */
function valuesOf(line: Json, dimension: Dimension): (string | null)[] {
  if (dimension === 'tag') {
    const tags = Array.isArray(line.tags) ? line.tags.filter((tag) => tag !== null).map(textOf) : []
    return tags.length === 0 ? [null] : [...new Set(tags)]
  }
  if (dimension === 'error_code') return [isObject(line.error) ? textOf(line.error.code) : null]
  if (!dimension.startsWith('metadata.')) return [textOf(line[FIELDS[dimension] ?? dimension])]
  const key = dimension.slice('metadata.'.length)
  return [isObject(line.metadata) && Object.hasOwn(line.metadata, key) ? textOf(line.metadata[key]) : null]
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Groups with their keys, ordered by them, null last; an entry may be in several. */
function groupEntries(
  entries: readonly FoldedEntry[],
  keysOf: (entry: FoldedEntry) => (string | null)[][],
): [(string | null)[], FoldedEntry[]][] {
  const groups = new Map<string, [(string | null)[], FoldedEntry[]]>()
  for (const entry of entries) {
    for (const keys of keysOf(entry)) {
      const name = JSON.stringify(keys)
      const group = groups.get(name)
      if (group === undefined) groups.set(name, [keys, [entry]])
      else group[1].push(entry)
    }
  }
  return [...groups.values()].sort(([a], [b]) => compareKeys(a, b))
}

function compareKeys(a: readonly (string | null)[], b: readonly (string | null)[]): number {
  for (const [index, left] of a.entries()) {
    const order = compareKey(left, b[index] ?? null)
    if (order !== 0) return order
  }
  return 0
}

const HOUR_LABEL = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})[+-]\d{2}:\d{2}(:\d{2})?$/

function compareKey(a: string | null, b: string | null): number {
  if (a === b) return 0
  if (a === null || b === null) return a === null ? 1 : -1
  // The same hour twice: the one with the greater offset was first.
  const instants = [a, b].map((text) => (HOUR_LABEL.test(text) ? Date.parse(text) : Number.NaN))
  const order = (instants[0] ?? 0) - (instants[1] ?? 0)
  return Number.isNaN(order) || order === 0 ? compareText(a, b) : order
}

/** By code points, as bytes of UTF-8 compare. */
function compareText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

function breakdown(entries: readonly FoldedEntry[], question: StatsQuestion): BreakdownRow[] {
  const { groupBy, timezone, weekStart } = question
  const firstPeriod = groupBy.find(isPeriod)
  const names = groupBy.map((group) => (group === firstPeriod ? 'period' : group))
  const zone = timezone
  const groups = groupEntries(entries, (entry) =>
    combinations(
      groupBy.map((group) =>
        isPeriod(group) ? [periodOf(group, entry.startMs, zone, weekStart)] : valuesOf(entry.line, group),
      ),
    ),
  )
  return groups.map(([keys, group]) => {
    const measures = measure(group)
    return Object.assign(
      Object.fromEntries<string | null>(names.map((name, index) => [name, keys[index] ?? null])),
      measures,
      {
        requests: measures.totalRequests,
        tokens: measures.totalTokens,
      },
    )
  })
}

function dimensionKeys(entry: FoldedEntry, dimensions: readonly Dimension[]): (string | null)[][] {
  return combinations(dimensions.map((dimension) => valuesOf(entry.line, dimension)))
}

function combinations(lists: readonly (string | null)[][]): (string | null)[][] {
  return lists.reduce<(string | null)[][]>(
    (rows, list) => rows.flatMap((row) => list.map((value) => [...row, value])),
    [[]],
  )
}

function isPeriod(group: GroupBy): group is Period {
  return group === 'hour' || group === 'day' || group === 'week' || group === 'month'
}
