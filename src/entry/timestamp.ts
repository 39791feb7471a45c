/** ISO 8601 instants with a zone, to and from epoch milliseconds. */

const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)$/

/** Years outside 0000-9999 have no four-digit form. */
export const MIN_INSTANT = Date.parse('0000-01-01T00:00:00.000Z')
export const MAX_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999)
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Epoch ms of an ISO 8601 instant that names its zone; undefined for anything else, also for February 30. */
export function parseInstant(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined
  return parseCanonical(value) ?? parseAny(value)
}

function parseAny(value: string): number | undefined {
  const match = INSTANT.exec(value)
  if (match === null) return undefined
  if (!isDay(Number(match[1]), Number(match[2]), Number(match[3]))) return undefined
  const ms = Date.parse(value)
  return Number.isNaN(ms) || ms < MIN_INSTANT || ms > MAX_INSTANT ? undefined : ms
}

/** The form that toISOString writes, read without an expression: every line has it twice. */
function parseCanonical(text: string): number | undefined {
  if (text.length !== 24 || text[10] !== 'T' || text[13] !== ':' || text[16] !== ':') return undefined
  if (text[4] !== '-' || text[7] !== '-' || text[19] !== '.' || text[23] !== 'Z') return undefined
  const year = digits(text, 0, 4)
  const hour = digits(text, 11, 2)
  const minute = digits(text, 14, 2)
  const second = digits(text, 17, 2)
  const ms = digits(text, 20, 3)
  // Date.UTC takes years below 100 for those of the 20th century; a character that is no digit makes NaN.
  if (!(year >= 100 && hour <= 23 && minute <= 59 && second <= 59 && ms >= 0)) return undefined
  const month = digits(text, 5, 2)
  const day = digits(text, 8, 2)
  return isDay(year, month, day) ? Date.UTC(year, month - 1, day, hour, minute, second, ms) : undefined
}

function digits(text: string, from: number, count: number): number {
  let number = 0
  for (let i = from; i < from + count; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return Number.NaN
    number = number * 10 + digit
  }
  return number
}

function isDay(year: number, month: number, day: number): boolean {
  if (!(day >= 1 && day <= (DAYS_IN_MONTH[month - 1] ?? 0))) return false
  return month !== 2 || day !== 29 || isLeapYear(year)
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

const DAY_MS = 86_400_000
let lastDay = Number.NaN
let lastDayText = ''
let lastInstant = Number.NaN
let lastText = ''

/** ISO 8601 UTC with milliseconds, the only form in files. */
export function formatInstant(instant: number): string {
  // A line has it twice, and so do the next ones.
  if (instant !== lastInstant) {
    lastText = textOf(Math.trunc(instant))
    lastInstant = instant
  }
  return lastText
}

function textOf(ms: number): string {
  // Years of other than four digits, and NaN, which throws RangeError.
  if (!(ms >= MIN_INSTANT && ms <= MAX_INSTANT)) return new Date(ms).toISOString()
  const day = Math.floor(ms / DAY_MS)
  if (day !== lastDay) {
    lastDayText = new Date(ms).toISOString().slice(0, 11)
    lastDay = day
  }
  const inDay = ms - day * DAY_MS
  const second = Math.floor(inDay / 1000)
  const minute = Math.floor(second / 60)
  const rest = inDay - second * 1000
  return `${lastDayText}${two(Math.floor(minute / 60))}:${two(minute % 60)}:${two(second % 60)}.${rest < 100 ? '0' : ''}${two(rest)}Z`
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number)
}
