/** ISO 8601 instants with a zone, to and from epoch milliseconds. */

const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)$/

/** Years outside 0000-9999 have no four-digit form. */
const MIN_MS = Date.parse('0000-01-01T00:00:00.000Z')
const MAX_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999)
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Epoch ms of an ISO 8601 instant that names its zone; undefined for anything else, also for February 30. */
export function parseInstant(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined
  const match = INSTANT.exec(value)
  if (match === null) return undefined
  const month = Number(match[2])
  const day = Number(match[3])
  if (day < 1 || day > (DAYS_IN_MONTH[month - 1] ?? 0)) return undefined
  if (month === 2 && day === 29 && !isLeapYear(Number(match[1]))) return undefined
  const ms = Date.parse(value)
  return Number.isNaN(ms) || ms < MIN_MS || ms > MAX_MS ? undefined : ms
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

/** ISO 8601 UTC with milliseconds, the only form in files. */
export function formatInstant(ms: number): string {
  return new Date(ms).toISOString()
}
