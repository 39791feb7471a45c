/** What rows are grouped by: keys as SQL over the entries, and the key's columns of a result as a label. */
import { firstDayOfWeekZero, periodLabel } from '../periods.js'
import { type Dimension, type GroupBy, PERIODS, type Period, type Weekday } from '../stats-engine.js'
import { DAY_MS, HOUR_MS, type OffsetSpan, offsetSpansOfDays } from '../time-zone.js'
import { dimensionColumn } from './lines.js'
import { numberOf, type Row, type Session, textOf } from './session.js'

/** One group of the breakdown: its name in the row, its columns (aliases `k…`), and their label. */
export interface Group {
  readonly name: string
  readonly keys: readonly { readonly alias: string; readonly sql: string }[]
  label(row: Row): string | null
}

export function isPeriod(group: GroupBy): group is Period {
  return PERIODS.some((period) => period === group)
}

/** `dimensions` are those the table was loaded with, in its order. */
export function groupsOf(
  groupBy: readonly GroupBy[],
  dimensions: readonly Dimension[],
  weekStart: Weekday,
): Group[] {
  const firstPeriod = groupBy.find(isPeriod)
  return groupBy.map((group, index) =>
    isPeriod(group)
      ? periodGroup(group, group === firstPeriod ? 'period' : group, `k${index}`, weekStart)
      : dimensionGroup(group, dimensionColumn(dimensions.indexOf(group)), `k${index}`),
  )
}

function dimensionGroup(dimension: Dimension, column: string, alias: string): Group {
  return {
    name: dimension,
    keys: [{ alias, sql: dimension === 'tag' ? 'tag' : column }],
    label: (row) => textOf(row[alias]),
  }
}

function periodGroup(period: Period, name: string, alias: string, weekStart: Weekday): Group {
  const label = (row: Row): string =>
    periodLabel(period, numberOf(row[alias]), weekStart, numberOf(row[`${alias}_offset`]))
  const keys = [{ alias, sql: periodSql(period, weekStart) }]
  if (period !== 'hour') return { name, keys, label }
  // By instant: an hour that comes twice has its greater offset first.
  return {
    name,
    keys: [
      { alias: `${alias}_at`, sql: `(${periodSql('hour', weekStart)}) * ${HOUR_MS} - offset_ms` },
      ...keys,
      { alias: `${alias}_offset`, sql: 'offset_ms' },
    ],
    label,
  }
}

/** A whole number of weeks that makes every instant from year 0 on positive, because // cuts towards zero. */
const SHIFT_MS = 7_000_000 * DAY_MS

/** The same numbers as periodNumber gives. */
function periodSql(period: Period, weekStart: Weekday): string {
  const local = 'start_ms + offset_ms'
  const day = `(${local} + ${SHIFT_MS}) // ${DAY_MS}`
  switch (period) {
    case 'hour':
      return `(${local} + ${SHIFT_MS}) // ${HOUR_MS} - ${SHIFT_MS / HOUR_MS}`
    case 'day':
      return `${day} - ${SHIFT_MS / DAY_MS}`
    case 'week':
      return `(${day} - ${firstDayOfWeekZero(weekStart)}) // 7 - ${SHIFT_MS / DAY_MS / 7}`
    case 'month':
      return `(year(epoch_ms(${local})) - 1970) * 12 + month(epoch_ms(${local})) - 1`
  }
}

/**
 * The offset of each entry's instant, as SQL. Zones are looked up once for each UTC day that has entries; a row only
 * compares its instant with the few moments at which the offset changed.
 */
export async function offsetSql(session: Session, table: string, timezone: string): Promise<string> {
  if (timezone === 'UTC') return '0'
  const days = await session.rows(
    `SELECT DISTINCT (start_ms + ${SHIFT_MS}) // ${DAY_MS} - ${SHIFT_MS / DAY_MS} AS day FROM ${table} ORDER BY day`,
  )
  const spans = offsetSpansOfDays(
    timezone,
    days.map(({ day }) => numberOf(day)),
  )
  return caseSql(spans)
}

function caseSql(spans: readonly OffsetSpan[]): string {
  const last = spans.at(-1)
  if (last === undefined) return '0'
  const cases = spans.slice(0, -1).map(({ endMs, offsetMs }) => `WHEN start_ms < ${endMs} THEN ${offsetMs}`)
  return cases.length === 0 ? String(last.offsetMs) : `CASE ${cases.join(' ')} ELSE ${last.offsetMs} END`
}
