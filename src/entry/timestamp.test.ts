import { expect, test } from 'vitest'
import { formatInstant, parseInstant } from './timestamp.js'

test.each([
  ['UTC with milliseconds', '2026-01-31T14:00:00.123Z', '2026-01-31T14:00:00.123Z'],
  ['without milliseconds', '2026-01-31T14:00:00Z', '2026-01-31T14:00:00.000Z'],
  ['without seconds', '2026-01-31T14:00Z', '2026-01-31T14:00:00.000Z'],
  ['microseconds are cut', '2026-01-31T14:00:00.123999Z', '2026-01-31T14:00:00.123Z'],
  ['an offset', '2026-01-31T14:00:00+05:45', '2026-01-31T08:15:00.000Z'],
  ['a leap day', '2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
])('reads %s', (_, text, utc) => {
  expect(formatInstant(parseInstant(text) ?? Number.NaN)).toBe(utc)
})

test.each([
  ['no zone', '2026-01-31T14:00:00'],
  ['a date alone', '2026-01-31'],
  ['February 30', '2026-02-30T00:00:00Z'],
  ['a leap day of no leap year', '2026-02-29T00:00:00Z'],
  ['month 13', '2026-13-01T00:00:00Z'],
  ['hour 25', '2026-01-01T25:00:00Z'],
  ['an instant before year 0', '0000-01-01T00:00:00+05:00'],
  ['words', 'yesterday'],
  ['a number', 1_700_000_000_000],
  ['a Date', new Date()],
  ['null', null],
])('refuses %s', (_, value) => {
  expect(parseInstant(value)).toBeUndefined()
})
