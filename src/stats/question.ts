/** What the caller asks, checked, as the question an engine answers. */
import { isId } from '../entry/ids.js'
import { isObject } from '../entry/own-fields.js'
import { parseInstant } from '../entry/timestamp.js'
import { invalid, type Problem, ValidationError } from '../errors.js'
import { checkFilter, isMetadata } from './filter.js'
import { nearestNames } from './nearest-names.js'
import {
  DIMENSIONS,
  type GroupBy,
  PERIODS,
  type StatsOptions,
  type StatsQuestion,
  type StatsScope,
  WEEKDAYS,
  type Weekday,
} from './stats-engine.js'
import { dayRange, isTimeZone, nearestTimeZones } from './time-zone.js'
import { fieldless, unknownName } from './unknown-name.js'

/** The checked options, as the question carries them. */
export type Conditions = Omit<StatsQuestion, 'sources' | 'chatId' | 'isGone'>

/** Metadata may hold anything, so it is only in the lines. */
export function isAboutMetadata({ groupBy, filter }: Pick<Conditions, 'groupBy' | 'filter'>): boolean {
  return [...groupBy, ...filter.keys()].some(isMetadata)
}

/** Throws ValidationError INVALID_SCOPE. */
export function checkScope(scope: StatsScope, operation: string): StatsScope {
  const refuse = (message: string): ValidationError => invalid(operation, 'INVALID_SCOPE', 'scope', message)
  const given: unknown = scope
  if (!isObject(given)) throw refuse('is not an object')
  switch (scope.type) {
    case 'global':
      return { type: 'global' }
    case 'project':
    case 'chat':
      if (!isId(scope.projectId)) throw refuse('projectId is not an id')
      if (scope.type === 'project') return { type: 'project', projectId: scope.projectId }
      if (!isId(scope.chatId)) throw refuse('chatId is not an id')
      return { type: 'chat', projectId: scope.projectId, chatId: scope.chatId }
    default:
      throw refuse('type is none of global, project, chat')
  }
}

const OPTIONS = ['fromDate', 'toDate', 'groupBy', 'timezone', 'weekStart', 'filter']

/** `further` are options that somebody else checks. Throws ValidationError with all problems: INVALID_DATE, _TIMEZONE, _GROUP_BY, _FILTER, _OPTION. */
export function checkOptions(
  options: StatsOptions,
  operation: string,
  further: readonly string[] = [],
): Conditions {
  const given: unknown = options
  if (!isObject(given)) throw invalid(operation, 'INVALID_OPTION', 'options', 'is not an object')
  const problems: Problem[] = []
  const known = [...OPTIONS, ...further]
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || known.includes(name)) continue
    const camel = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
    const nearest = known.includes(camel) ? [camel] : nearestNames(name, known)
    problems.push(...unknownName(operation, 'INVALID_OPTION', name, name, nearest, known).problems)
  }
  const checked = <T>(check: () => T): T | undefined => {
    try {
      return check()
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error
      problems.push(...error.problems)
      return undefined
    }
  }
  const timezone = checked(() => checkTimezone(operation, options.timezone)) ?? 'UTC'
  const weekStart = checked(() => checkWeekStart(operation, options.weekStart)) ?? 'monday'
  const fromMs = checked(() => edge(operation, 'fromDate', options.fromDate, timezone))?.fromMs
  const toMs = checked(() => edge(operation, 'toDate', options.toDate, timezone))?.toMs
  // One date that the zone skipped is an empty range, not a wrong one.
  if (fromMs !== undefined && toMs !== undefined && fromMs > toMs && options.fromDate !== options.toDate) {
    problems.push({ code: 'INVALID_DATE', field: 'fromDate', message: 'is after toDate' })
  }
  const groupBy = checked(() => checkGroupBy(operation, options.groupBy)) ?? []
  const filter = checked(() => checkFilter(operation, options.filter)) ?? new Map()
  const [first, ...others] = problems
  if (first !== undefined) throw new ValidationError(operation, [first, ...others])
  return { fromMs, toMs, groupBy, timezone, weekStart, filter }
}

function checkTimezone(operation: string, timezone: string | undefined): string {
  if (timezone === undefined) return 'UTC'
  if (typeof timezone === 'string' && isTimeZone(timezone)) return timezone
  const name = String(timezone)
  throw unknownName(operation, 'INVALID_TIMEZONE', 'timezone', name, nearestTimeZones(name))
}

function checkWeekStart(operation: string, weekStart: Weekday | undefined): Weekday {
  if (weekStart === undefined) return 'monday'
  if (WEEKDAYS.includes(weekStart)) return weekStart
  throw invalid(operation, 'INVALID_OPTION', 'weekStart', `is none of ${WEEKDAYS.join(', ')}`)
}

const DATE = /^\d{4}-\d{2}-\d{2}$/

function edge(
  operation: string,
  field: string,
  value: string | undefined,
  timezone: string,
): { fromMs: number; toMs: number } | undefined {
  if (value === undefined) return undefined
  const midnight =
    typeof value === 'string' && DATE.test(value) ? parseInstant(`${value}T00:00:00Z`) : undefined
  if (midnight !== undefined) return dayRange(value, timezone)
  const ms = parseInstant(value)
  if (ms === undefined)
    throw invalid(operation, 'INVALID_DATE', field, 'is neither a date nor an instant with a zone')
  return { fromMs: ms, toMs: ms }
}

/** Throws ValidationError INVALID_GROUP_BY with the nearest names. */
export function checkGroupBy(operation: string, groupBy: string | readonly string[] | undefined): GroupBy[] {
  const names = groupBy === undefined ? [] : typeof groupBy === 'string' ? [groupBy] : groupBy
  if (!Array.isArray(names))
    throw invalid(operation, 'INVALID_GROUP_BY', 'groupBy', 'is neither a name nor a list')
  const known = [...PERIODS, ...DIMENSIONS]
  const checked = names.map((name: unknown): GroupBy => {
    const text = String(name)
    const group = text === name && isMetadata(text) ? text : known.find((other) => other === name)
    if (group !== undefined) return group
    const nearest = nearestNames(fieldless(text), known)
    throw unknownName(operation, 'INVALID_GROUP_BY', 'groupBy', text, nearest, [...known, 'metadata.<key>'])
  })
  return [...new Set(checked)]
}
