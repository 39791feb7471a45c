/**
 * Local hours, days, weeks and months as whole numbers, and their labels. Numbers are made where the rows are (local
 * ms = epoch ms + offset, then divide); only the few groups that come out are labelled.
 */
import { type Period, WEEKDAYS, type Weekday } from './stats-engine.js'
import { DAY_MS, HOUR_MS } from './time-zone.js'

/** 1970-01-05, day 4, was a Monday. */
const FIRST_MONDAY = 4

/** Days since 1970 on which week 0 begins. */
export function firstDayOfWeekZero(weekStart: Weekday): number {
  return FIRST_MONDAY + WEEKDAYS.indexOf(weekStart)
}

/**
 * The number of the period that a local time falls in: hours, days or months since 1970, weeks since the first one
 * that began in it.
 */
export function periodNumber(period: Period, localMs: number, weekStart: Weekday): number {
  const day = Math.floor(localMs / DAY_MS)
  switch (period) {
    case 'hour':
      return Math.floor(localMs / HOUR_MS)
    case 'day':
      return day
    case 'week':
      return Math.floor((day - firstDayOfWeekZero(weekStart)) / 7)
    case 'month': {
      const date = new Date(localMs)
      return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()
    }
  }
}

/**
 * `2026-01-31T14:00+01:00`, `2026-01-31`, the week's first day, `2026-01`. Only hours need the offset: where a clock
 * is put back the same hour comes twice, and the offset tells which.
 */
export function periodLabel(period: Period, number: number, weekStart: Weekday, offsetMs: number): string {
  switch (period) {
    case 'hour': {
      const [date, time = ''] = new Date(number * HOUR_MS).toISOString().split('T')
      return `${date}T${time.slice(0, 5)}${offsetLabel(offsetMs)}`
    }
    case 'day':
      return dateLabel(number)
    case 'week':
      return dateLabel(number * 7 + firstDayOfWeekZero(weekStart))
    case 'month':
      return new Date(Date.UTC(1970, number)).toISOString().slice(0, -'-01T00:00:00.000Z'.length)
  }
}

function dateLabel(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, -'T00:00:00.000Z'.length)
}

/** `+01:00`; with seconds for the local mean times of before there were zones. */
function offsetLabel(offsetMs: number): string {
  const time = new Date(Math.abs(offsetMs)).toISOString()
  return (offsetMs < 0 ? '-' : '+') + (offsetMs % 60_000 === 0 ? time.slice(11, 16) : time.slice(11, 19))
}
