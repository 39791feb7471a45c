import { describe, expect, test } from 'vitest'
import {
  DAY_MS,
  dayRange,
  HOUR_MS,
  isTimeZone,
  nearestTimeZones,
  offsetAt,
  offsetSpans,
  offsetSpansOfDays,
} from './time-zone.js'

const ms = (instant: string): number => Date.parse(instant)

describe('dayRange gives the first and last instant of a local date', () => {
  test.each([
    ['UTC', '2026-01-31', '2026-01-31T00:00:00.000Z', 24],
    ['Europe/Berlin', '2026-01-31', '2026-01-30T23:00:00.000Z', 24],
    ['Europe/Berlin, clocks forward', '2026-03-29', '2026-03-28T23:00:00.000Z', 23],
    ['Europe/Berlin, clocks back', '2026-10-25', '2026-10-24T22:00:00.000Z', 25],
    ['America/New_York, clocks forward', '2026-03-08', '2026-03-08T05:00:00.000Z', 23],
    ['America/New_York, clocks back', '2026-11-01', '2026-11-01T04:00:00.000Z', 25],
    ['Asia/Kathmandu, +05:45', '2026-01-31', '2026-01-30T18:15:00.000Z', 24],
    ['Australia/Lord_Howe, half an hour back', '2026-04-05', '2026-04-04T13:00:00.000Z', 24.5],
    ['Australia/Lord_Howe, half an hour forward', '2026-10-04', '2026-10-03T13:30:00.000Z', 23.5],
    ['America/Sao_Paulo, no midnight', '2018-11-04', '2018-11-04T03:00:00.000Z', 23],
    ['America/Sao_Paulo, 23:00 comes twice', '2018-02-17', '2018-02-17T02:00:00.000Z', 25],
    ['Asia/Beirut, no midnight', '2022-03-27', '2022-03-26T22:00:00.000Z', 23],
    // At 00:01 the clock went back to 23:01, so the new date had begun already.
    ['America/St_Johns, midnight comes twice', '2006-10-29', '2006-10-29T02:30:00.000Z', 25],
    ['America/St_Johns, the day before ends twice', '2006-10-28', '2006-10-28T02:30:00.000Z', 25],
    ['Pacific/Apia, before the skip', '2011-12-29', '2011-12-29T10:00:00.000Z', 24],
    ['Pacific/Apia, after the skip', '2011-12-31', '2011-12-30T10:00:00.000Z', 24],
    ['Pacific/Kiritimati, +14', '2026-01-31', '2026-01-30T10:00:00.000Z', 24],
    ['Etc/GMT+12', '2026-01-31', '2026-01-31T12:00:00.000Z', 24],
  ])('%s: %s', (zone, date, from, hours) => {
    const [timeZone = ''] = zone.split(',')
    const range = dayRange(date, timeZone)
    expect(new Date(range.fromMs).toISOString()).toBe(from)
    expect((range.toMs + 1 - range.fromMs) / HOUR_MS).toBe(hours)
  })

  test('a date the zone skipped is the empty range at the skip', () => {
    const skip = ms('2011-12-30T10:00:00Z')
    expect(dayRange('2011-12-30', 'Pacific/Apia')).toEqual({ fromMs: skip, toMs: skip - 1 })
  })

  test('no date is a RangeError', () => {
    expect(() => dayRange('2026-13-01', 'UTC')).toThrow(RangeError)
  })
})

describe('offsetSpans', () => {
  test('covers the range without gaps, both ends included', () => {
    const [from, to] = [ms('2026-01-01T00:00:00Z'), ms('2026-12-31T23:59:59.999Z')]
    const change1 = ms('2026-03-29T01:00:00Z')
    const change2 = ms('2026-10-25T01:00:00Z')
    expect(offsetSpans('Europe/Berlin', from, to)).toEqual([
      { startMs: from, endMs: change1, offsetMs: HOUR_MS },
      { startMs: change1, endMs: change2, offsetMs: 2 * HOUR_MS },
      { startMs: change2, endMs: to + 1, offsetMs: HOUR_MS },
    ])
  })

  test('a single instant is one span of one millisecond', () => {
    expect(offsetSpans('UTC', 5, 5)).toEqual([{ startMs: 5, endMs: 6, offsetMs: 0 }])
  })

  test('knows a zone with four changes a year', () => {
    const spans = offsetSpans('Africa/Casablanca', ms('2025-01-01T00:00:00Z'), ms('2025-12-31T00:00:00Z'))
    expect(spans.map(({ offsetMs }) => offsetMs / HOUR_MS)).toEqual([1, 0, 1])
  })

  test('days far apart cost no lookup of the time between', () => {
    const days = [0, Math.floor(ms('9999-12-31T00:00:00Z') / DAY_MS)]
    expect(offsetSpansOfDays('Asia/Tokyo', days).map(({ offsetMs }) => offsetMs)).toEqual([9 * HOUR_MS])
  })
})

test.each([
  ['Africa/Monrovia', '1960-01-01T00:00:00Z', -(44 * 60 + 30) * 1000],
  ['Europe/Berlin', '0000-06-01T00:00:00Z', (53 * 60 + 28) * 1000],
  ['Asia/Kathmandu', '9999-12-31T23:59:59.999Z', 5.75 * HOUR_MS],
  ['America/New_York', '1969-12-31T23:59:59.999Z', -5 * HOUR_MS],
])('offsetAt %s %s', (zone, instant, offset) => {
  expect(offsetAt(zone, ms(instant))).toBe(offset)
})

test.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['Etc/GMT+5', true],
  ['Europe/Berln', false],
  ['+01:00', false],
  ['', false],
  ['Europe/Berlin; DROP TABLE', false],
  ['__proto__', false],
])('isTimeZone %s is %s', (name, known) => {
  expect(isTimeZone(name)).toBe(known)
})

test('a wrong name gets the nearest ones', () => {
  expect(nearestTimeZones('Europe/Berln')[0]).toBe('Europe/Berlin')
  expect(nearestTimeZones('x'.repeat(10_000))).toEqual([])
})
