import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IdFilter } from './id-filter.js'
import { keyOfId } from './id-key.js'
import { hasMark, markOf, marksOf } from './text-marks.js'

test('the filter never calls a known id new, and few new ones known', () => {
  const filter = IdFilter.for(20_000)
  const keys = Array.from({ length: 20_000 }, (_, n) => keyOfId(`id-${n}`))
  const suspected = keys.filter((key) => !filter.add(...key)).length
  expect(suspected).toBeLessThan(keys.length / 1_000)
  expect(keys.every((key) => filter.has(...key) && !filter.add(...key))).toBe(true)
})

test.each([0, 1, 4_096, 100_000, 349_525, 349_526, 1_000_000])(
  'a filter made for %i ids has room for more',
  (ids) => {
    expect(IdFilter.forMoreThan(ids).capacity).toBeGreaterThan(ids)
  },
)

test('marks never miss a text', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.string(), (texts, other) => {
      const marks = marksOf([null, ...texts])
      for (const text of texts) expect(hasMark(marks, text)).toBe(true)
      expect(hasMark(marks, other)).toBe(texts.map(markOf).includes(markOf(other)))
    }),
  )
})
