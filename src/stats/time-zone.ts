/** IANA time zones by Intl alone: spans of constant offset, and the instants of a local date. Epoch ms throughout. */
import { nearestNames } from './nearest-names.js'

export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

/** Local time is UTC plus `offsetMs`, from `startMs` on and before `endMs`. */
export interface OffsetSpan {
  readonly startMs: number
  readonly endMs: number
  readonly offsetMs: number
}

/** Whether the name is an IANA zone; plain offsets such as `+01:00` are none. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    zoneOf(name)
    return true
  } catch {
    return false
  }
}

/** At most three zones that a wrong name was perhaps meant to be, nearest first. */
export function nearestTimeZones(name: string): string[] {
  return nearestNames(name, ['UTC', ...Intl.supportedValuesOf('timeZone')])
}

/** What a clock in the zone is ahead of UTC at the instant; negative west of Greenwich. */
export function offsetAt(timeZone: string, ms: number): number {
  return zoneOf(timeZone).offsetAt(ms)
}

/** The spans that cover `fromMs` to `toMs`, both included, in order and without gaps. */
export function offsetSpans(timeZone: string, fromMs: number, toMs: number): OffsetSpan[] {
  const days: number[] = []
  for (let day = Math.floor(fromMs / DAY_MS); day <= Math.floor(toMs / DAY_MS); day++) days.push(day)
  return offsetSpansOfDays(timeZone, days)
    .filter(({ startMs, endMs }) => startMs <= toMs && endMs > fromMs)
    .map(({ startMs, endMs, offsetMs }) => ({
      startMs: Math.max(startMs, fromMs),
      endMs: Math.min(endMs, toMs + 1),
      offsetMs,
    }))
}

/**
 * The spans that cover the given UTC days (days since 1970, ascending). Between days that are not listed a span may
 * run on, so the cost is that of the days listed and not of the time between them.
 */
export function offsetSpansOfDays(timeZone: string, days: readonly number[]): OffsetSpan[] {
  const zone = zoneOf(timeZone)
  const spans: { startMs: number; endMs: number; offsetMs: number }[] = []
  for (const day of days) {
    for (const span of zone.spansOfDay(day)) {
      const last = spans.at(-1)
      if (last?.offsetMs === span.offsetMs) last.endMs = span.endMs
      else spans.push({ ...span })
    }
  }
  return spans
}

/** No clock differs from UTC by more, also not before there were zones. */
const MAX_OFFSET_MS = 16 * HOUR_MS

/**
 * The first and the last instant at which a clock in the zone shows the date (`YYYY-MM-DD`). A day that begins twice
 * or has no midnight is given as it was. A date that the zone skipped (Pacific/Apia, 2011-12-30) is the empty range
 * at the skip: `fromMs` is the first instant after it and `toMs` the one before. Throws RangeError for no date.
 */
export function dayRange(date: string, timeZone: string): { fromMs: number; toMs: number } {
  const midnight = Date.parse(`${date}T00:00:00.000Z`)
  if (Number.isNaN(midnight)) throw new RangeError(`${JSON.stringify(date)} is no date`)
  const spans = offsetSpans(timeZone, midnight - MAX_OFFSET_MS, midnight + DAY_MS + MAX_OFFSET_MS)
  let fromMs = Number.POSITIVE_INFINITY
  let endMs = Number.NEGATIVE_INFINITY
  let skip = Number.POSITIVE_INFINITY
  for (const span of spans) {
    const start = Math.max(span.startMs, midnight - span.offsetMs)
    const end = Math.min(span.endMs, midnight + DAY_MS - span.offsetMs)
    if (start < end) {
      fromMs = Math.min(fromMs, start)
      endMs = Math.max(endMs, end)
    } else if (start === span.startMs) {
      skip = Math.min(skip, start)
    }
  }
  return fromMs < endMs ? { fromMs, toMs: endMs - 1 } : { fromMs: skip, toMs: skip - 1 }
}

const MAX_ZONES = 32
const MAX_DAYS = 50_000

/** Zones in use, least recently made first. */
const zones = new Map<string, Zone>()

/** Throws RangeError for an unknown name. */
function zoneOf(name: string): Zone {
  const known = zones.get(name)
  if (known !== undefined) return known
  const zone = new Zone(name)
  for (const oldest of zones.keys()) {
    if (zones.size < MAX_ZONES) break
    zones.delete(oldest)
  }
  zones.set(name, zone)
  return zone
}

class Zone {
  readonly #clock: Intl.DateTimeFormat
  /** Offset at the start of a UTC day; the calls to Intl are what costs. */
  readonly #atDay = new Map<number, number>()

  constructor(timeZone: string) {
    this.#clock = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  }

  offsetAt(ms: number): number {
    const shown = { era: 'AD', year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 }
    for (const { type, value } of this.#clock.formatToParts(ms)) {
      if (type === 'era') shown.era = value
      else if (isField(type)) shown[type] = Number(value)
    }
    const year = shown.era.startsWith('B') ? 1 - shown.year : shown.year
    // Date.UTC takes years below 100 for those of the 20th century.
    const local = new Date(0)
    local.setUTCFullYear(year, shown.month - 1, shown.day)
    local.setUTCHours(shown.hour, shown.minute, shown.second)
    return local.getTime() - Math.floor(ms / 1000) * 1000
  }

  /** One span, or more where the offset changes within the day. */
  spansOfDay(day: number): OffsetSpan[] {
    const startMs = day * DAY_MS
    const endMs = startMs + DAY_MS
    const before = this.#atStartOf(day)
    const after = this.#atStartOf(day + 1)
    if (before === after) return [{ startMs, endMs, offsetMs: before }]
    const changeMs = this.#changeBetween(startMs, endMs, before)
    return [
      { startMs, endMs: changeMs, offsetMs: before },
      { startMs: changeMs, endMs, offsetMs: after },
    ]
  }

  #atStartOf(day: number): number {
    let offset = this.#atDay.get(day)
    if (offset === undefined) {
      offset = this.offsetAt(day * DAY_MS)
      if (this.#atDay.size >= MAX_DAYS) this.#atDay.clear()
      this.#atDay.set(day, offset)
    }
    return offset
  }

  /** The first instant whose offset is no longer `before`; no zone changes twice within a UTC day. */
  #changeBetween(startMs: number, endMs: number, before: number): number {
    let [low, high] = [startMs, endMs]
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (this.offsetAt(middle) === before) low = middle
      else high = middle
    }
    return high
  }
}

type Field = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second'

function isField(type: string): type is Field {
  return ['year', 'month', 'day', 'hour', 'minute', 'second'].includes(type)
}
