import { expect, test } from 'vitest'
import { type Candidate, DAY_MS, planRetention, type RetentionLimits } from './plan-retention.js'

const NOW = Date.UTC(2026, 0, 31)
/** Four segments of 100 bytes, 40, 30, 20 and 10 days old. */
const SEGMENTS: readonly Candidate[] = [40, 30, 20, 10].map((days, index) => ({
  stem: 'abcd'.charAt(index),
  bytes: 100,
  lastMs: NOW - days * DAY_MS,
}))

test.each<[string, RetentionLimits, number | undefined, string[], string[]]>([
  ['no limit takes nothing', {}, NOW, [], []],
  ['age', { maxAgeDays: 25 }, NOW, [], ['a age', 'b age']],
  ['exactly the age is kept', { maxAgeDays: 30 }, NOW, [], ['a age']],
  ['age by a clock that is not trusted takes nothing', { maxAgeDays: 25 }, undefined, [], []],
  ['count', { maxSegments: 1 }, NOW, [], ['a count', 'b count', 'c count']],
  ['count of none', { maxSegments: 0 }, NOW, [], ['a count', 'b count', 'c count', 'd count']],
  ['bytes', { maxBytes: 250 }, NOW, [], ['a bytes', 'b bytes']],
  ['exactly the bytes are kept', { maxBytes: 400 }, NOW, [], []],
  ['age first, and what it takes counts no more', { maxAgeDays: 35, maxSegments: 3 }, NOW, [], ['a age']],
  ['all three', { maxAgeDays: 35, maxSegments: 2, maxBytes: 100 }, NOW, [], ['a age', 'b count', 'c bytes']],
  [
    'count and bytes also when the clock is not trusted',
    { maxAgeDays: 1, maxSegments: 3 },
    undefined,
    [],
    ['a count'],
  ],
  ['an open one is kept by age', { maxAgeDays: 25 }, NOW, ['a'], ['b age']],
  ['an open one is kept and counts', { maxSegments: 2 }, NOW, ['a'], ['b count', 'c count']],
  ['a clock behind the lines', { maxAgeDays: 1 }, NOW - 100 * DAY_MS, [], []],
])('%s', (_, limits, now, open, expected) => {
  const planned = planRetention(SEGMENTS, limits, now, new Set(open))
  expect(planned.map(({ stem, reason }) => `${stem} ${reason}`)).toEqual(expected)
})
