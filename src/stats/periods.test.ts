import { describe, expect, test } from 'vitest'
import { periodLabel, periodNumber } from './periods.js'
import type { Period, Weekday } from './stats-engine.js'
import { offsetAt } from './time-zone.js'

function label(period: Period, instant: string, timeZone: string, weekStart: Weekday = 'monday'): string {
  const ms = Date.parse(instant)
  const offset = offsetAt(timeZone, ms)
  return periodLabel(period, periodNumber(period, ms + offset, weekStart), weekStart, offset)
}

describe('the label of the period an instant falls in', () => {
  test.each<[Period, string, string, string]>([
    ['hour', '2026-01-31T13:59:59.999Z', 'Europe/Berlin', '2026-01-31T14:00+01:00'],
    ['hour', '2026-10-25T00:30:00.000Z', 'Europe/Berlin', '2026-10-25T02:00+02:00'],
    ['hour', '2026-10-25T01:30:00.000Z', 'Europe/Berlin', '2026-10-25T02:00+01:00'],
    ['hour', '2026-04-04T14:59:59.999Z', 'Australia/Lord_Howe', '2026-04-05T01:00+11:00'],
    ['hour', '2026-04-04T15:00:00.000Z', 'Australia/Lord_Howe', '2026-04-05T01:00+10:30'],
    ['hour', '2026-01-31T00:00:00.000Z', 'Asia/Kathmandu', '2026-01-31T05:00+05:45'],
    ['hour', '1971-01-01T00:00:00.000Z', 'Africa/Monrovia', '1970-12-31T23:00-00:44:30'],
    ['hour', '2026-07-01T00:00:00.000Z', 'America/St_Johns', '2026-06-30T21:00-02:30'],
    ['day', '2026-01-31T23:00:00.000Z', 'Europe/Berlin', '2026-02-01'],
    ['day', '1969-12-31T23:59:59.999Z', 'UTC', '1969-12-31'],
    ['day', '0000-01-01T00:00:00.000Z', 'UTC', '0000-01-01'],
    ['week', '2026-02-01T12:00:00.000Z', 'UTC', '2026-01-26'],
    ['week', '1970-01-01T00:00:00.000Z', 'UTC', '1969-12-29'],
    ['month', '2026-01-31T23:00:00.000Z', 'Europe/Berlin', '2026-02'],
    ['month', '1969-12-31T23:59:59.999Z', 'UTC', '1969-12'],
  ])('%s of %s in %s is %s', (period, instant, zone, expected) => {
    expect(label(period, instant, zone)).toBe(expected)
  })

  test.each<[Weekday, string]>([
    ['monday', '2026-01-26'],
    ['tuesday', '2026-01-27'],
    ['wednesday', '2026-01-28'],
    ['thursday', '2026-01-29'],
    ['friday', '2026-01-30'],
    ['saturday', '2026-01-31'],
    ['sunday', '2026-01-25'],
  ])('the week of Saturday 2026-01-31 that begins on %s begins on %s', (weekStart, expected) => {
    expect(label('week', '2026-01-31T12:00:00Z', 'UTC', weekStart)).toBe(expected)
  })
})
