/** Spans, days and labels equal what Intl shows for each instant, in zones with every kind of change. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { periodLabel, periodNumber } from '../../src/stats/periods.js'
import { PERIODS, WEEKDAYS } from '../../src/stats/stats-engine.js'
import { dayRange, offsetSpans } from '../../src/stats/time-zone.js'
import { instants } from '../stats-arbitraries.js'
import { periodOf } from '../stats-fold-measures.js'
import { ZONES } from '../stats-questions.js'

const ALL_ZONES = Intl.supportedValuesOf('timeZone')

const moments = fc.oneof(
  fc
    .constantFrom(...ZONES)
    .chain(([timeZone, at]) => fc.record({ timeZone: fc.constant(timeZone), ms: instants(Date.parse(at)) })),
  fc.record({
    timeZone: fc.constantFrom(...ALL_ZONES),
    ms: fc.integer({ min: Date.UTC(1975, 0), max: Date.UTC(2037, 0) }),
  }),
)

test('a label made from spans is the one made by asking Intl', () => {
  fc.assert(
    fc.property(
      moments,
      fc.constantFrom(...PERIODS),
      fc.constantFrom(...WEEKDAYS),
      fc.nat(86_400_000),
      ({ timeZone, ms }, period, weekStart, margin) => {
        const span = offsetSpans(timeZone, ms - margin, ms + margin).find(
          ({ startMs, endMs }) => startMs <= ms && ms < endMs,
        )
        const offset = span?.offsetMs ?? Number.NaN
        const label = periodLabel(period, periodNumber(period, ms + offset, weekStart), weekStart, offset)
        expect(label).toBe(periodOf(period, ms, timeZone, weekStart))
      },
    ),
    { numRuns: 1500 },
  )
})

test('spans follow one another without gap or repetition', () => {
  fc.assert(
    fc.property(moments, fc.nat(400 * 86_400_000), ({ timeZone, ms }, length) => {
      const spans = offsetSpans(timeZone, ms, ms + length)
      expect(spans[0]?.startMs).toBe(ms)
      expect(spans.at(-1)?.endMs).toBe(ms + length + 1)
      for (const [index, span] of spans.entries()) {
        expect(span.endMs).toBeGreaterThan(span.startMs)
        const next = spans[index + 1]
        if (next === undefined) continue
        expect(next.startMs).toBe(span.endMs)
        expect(next.offsetMs).not.toBe(span.offsetMs)
      }
    }),
    { numRuns: 200 },
  )
})

test('the range of a day begins and ends with instants of that date, and no neighbour has it', () => {
  fc.assert(
    fc.property(moments, ({ timeZone, ms }) => {
      const dateAt = (instant: number): string => periodOf('day', instant, timeZone, 'monday')
      const date = dateAt(ms)
      const { fromMs, toMs } = dayRange(date, timeZone)
      expect(fromMs).toBeLessThanOrEqual(ms)
      expect(toMs).toBeGreaterThanOrEqual(ms)
      expect([dateAt(fromMs), dateAt(toMs)]).toEqual([date, date])
      expect(dateAt(fromMs - 1)).not.toBe(date)
      expect(dateAt(toMs + 1)).not.toBe(date)
    }),
    { numRuns: 1000 },
  )
})
