/** Random questions for the stats, near a moment at which the zone's clock changes. */
import fc from 'fast-check'
import {
  DIMENSIONS,
  type Dimension,
  type GroupBy,
  PERIODS,
  type StatsQuestion,
  WEEKDAYS,
} from '../src/stats/stats-engine.js'
import { instants, METADATA_KEYS, TEXTS } from './stats-arbitraries.js'

/** Zones with an instant at which something happens to their clock. */
export const ZONES: readonly (readonly [timeZone: string, instant: string])[] = [
  ['UTC', '2026-01-01T00:00:00Z'],
  ['Europe/Berlin', '2026-03-29T01:00:00Z'],
  ['Europe/Berlin', '2026-10-25T01:00:00Z'],
  ['America/New_York', '2026-03-08T07:00:00Z'],
  ['America/New_York', '2026-11-01T06:00:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30:00Z'],
  ['Asia/Kathmandu', '1985-12-31T18:30:00Z'],
  ['America/Sao_Paulo', '2018-11-04T03:00:00Z'],
  ['America/Sao_Paulo', '2018-02-18T02:00:00Z'],
  ['Asia/Beirut', '2022-03-26T22:00:00Z'],
  ['America/St_Johns', '2006-10-29T02:31:00Z'],
  ['Pacific/Apia', '2011-12-30T10:00:00Z'],
  ['Africa/Casablanca', '2026-02-15T02:00:00Z'],
  ['Africa/Monrovia', '1972-01-07T00:44:30Z'],
]

const DIMENSION_NAMES: readonly Dimension[] = [
  ...DIMENSIONS,
  ...METADATA_KEYS.map((key): Dimension => `metadata.${key}`),
]
/** Periods and tags more often than the rest: they are more than a column. */
const GROUPS: readonly GroupBy[] = [...PERIODS, ...PERIODS, 'tag', 'tag', 'metadata.team', ...DIMENSION_NAMES]

/** A question without its files. */
export function questions(
  timezone: string,
  moment: number,
): fc.Arbitrary<Omit<StatsQuestion, 'sources' | 'isGone'>> {
  const edge = fc.option(instants(moment), { nil: undefined, freq: 1 })
  const filter: fc.Arbitrary<ReadonlyMap<Dimension, readonly string[]>> = fc.oneof(
    { weight: 3, arbitrary: fc.constant(new Map()) },
    {
      weight: 1,
      arbitrary: fc
        .array(fc.tuple(fc.constantFrom(...DIMENSION_NAMES), fc.array(TEXTS, { maxLength: 8 })), {
          maxLength: 2,
        })
        .map((pairs) => new Map(pairs)),
    },
  )
  return fc.record({
    chatId: fc.constantFrom(...Array<undefined>(7).fill(undefined), 'a'),
    fromMs: edge.map((ms) => (ms === undefined || ms < moment ? ms : undefined)),
    toMs: edge.map((ms) => (ms === undefined || ms > moment ? ms : undefined)),
    groupBy: fc.uniqueArray(fc.constantFrom(...GROUPS), { maxLength: 3 }),
    timezone: fc.constant(timezone),
    weekStart: fc.constantFrom(...WEEKDAYS),
    filter,
  })
}
