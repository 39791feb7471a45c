import fc from 'fast-check'
import { expect, test } from 'vitest'
import { classOf, Histogram, valueIn } from './histogram.js'

const values = fc.oneof(
  fc.double({ min: 0, max: 1e6, noNaN: true }),
  fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
  fc.nat(10_000),
)

test('the value of a class is within 1% of all that are in it', () => {
  fc.assert(
    fc.property(values, (value) => {
      const error = Math.abs(valueIn(classOf(value)) - value)
      expect(error).toBeLessThanOrEqual(Math.max(value * 0.01, 1e-9))
    }),
    { numRuns: 5_000 },
  )
})

test('ranks are those of the sorted values, in one histogram or in several that were merged', () => {
  const lists = fc.array(fc.array(values, { maxLength: 60 }), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(lists, (parts) => {
      const merged = new Histogram()
      for (const part of parts) {
        const histogram = new Histogram()
        for (const value of part) histogram.add(classOf(value))
        merged.merge(histogram)
      }
      const sorted = parts.flat().sort((a, b) => a - b)
      const percents = [50, 90, 95, 99]
      const expected = percents.map((percent) => sorted[Math.ceil((percent * sorted.length) / 100) - 1] ?? 0)
      expect(merged.ranks(percents)).toEqual(
        expected.map((value) => (sorted.length === 0 ? 0 : valueIn(classOf(value)))),
      )
      expect(merged.total).toBe(sorted.length)
    }),
    { numRuns: 1_000 },
  )
})

test('values far apart take little memory', () => {
  const before = process.memoryUsage().arrayBuffers
  const histograms = Array.from({ length: 2_000 }, () => {
    const histogram = new Histogram()
    for (const value of [0, 1e-3, 5_000, 1e12, Number.MAX_VALUE]) histogram.add(classOf(value))
    return histogram
  })
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(histograms.length * 6_000)
  expect(histograms[0]?.ranks([50, 99])).toEqual([
    valueIn(classOf(5_000)),
    valueIn(classOf(Number.MAX_VALUE)),
  ])
})

test('what is taken back was never there', () => {
  const histogram = new Histogram()
  for (const value of [5, 100, 7_000]) histogram.add(classOf(value))
  histogram.add(classOf(100), -1)
  expect(histogram.ranks([50, 99])).toEqual([valueIn(classOf(5)), valueIn(classOf(7_000))])
})

test('what is added and taken back again leaves what the others make, however far apart they are', () => {
  // Around the widest span that is counted one by one.
  const index = fc.oneof(fc.nat(600), fc.integer({ min: 500, max: 540 }), fc.constantFrom(0, 1, 5_000))
  fc.assert(
    fc.property(fc.array(fc.tuple(index, fc.boolean()), { maxLength: 30 }), (added) => {
      const histogram = new Histogram()
      const left = new Histogram()
      for (const [each] of added) histogram.add(each)
      for (const [each, isTakenBack] of added) {
        if (isTakenBack) histogram.add(each, -1)
        else left.add(each)
      }
      const sorted = (of: Histogram) => [...of.entries()].sort(([a], [b]) => a - b)
      expect(sorted(histogram)).toEqual(sorted(left))
      expect(histogram.ranks([1, 50, 99, 100])).toEqual(left.ranks([1, 50, 99, 100]))
    }),
    { numRuns: 1_000 },
  )
})

test('percentiles that were asked for are those of what is in it now, after each way to add', () => {
  const index = fc.oneof(fc.nat(600), fc.constantFrom(0, 5_000))
  const change = fc.record({
    way: fc.constantFrom('add', 'addAll', 'merge'),
    classes: fc.array(index, { minLength: 1, maxLength: 5 }),
  })
  const madeOf = (classes: readonly number[]): Histogram => {
    const histogram = new Histogram()
    for (const each of classes) histogram.add(each)
    return histogram
  }
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), fc.nat(3), (changes, last) => {
      const histogram = new Histogram()
      const all: number[] = []
      for (const { way, classes } of changes) {
        if (way === 'add') for (const each of classes) histogram.add(each)
        else if (way === 'merge') histogram.merge(madeOf(classes))
        else {
          const rising = classes.toSorted((a, b) => a - b)
          histogram.addAll(
            rising,
            rising.map(() => 1),
            0,
            rising.length,
          )
        }
        all.push(...classes)
        expect(histogram.percentiles(1e9)).toEqual(madeOf(all).percentiles(1e9))
      }
      // The largest is told by who asks.
      expect(histogram.percentiles(last)).toEqual(madeOf(all).percentiles(last))
    }),
    { numRuns: 300 },
  )
})

test('percentiles are shared between answers, and nobody can change them', () => {
  const histogram = new Histogram()
  histogram.add(classOf(5))
  const percentiles = histogram.percentiles(5)
  expect(histogram.percentiles(5)).toBe(percentiles)
  expect(Object.isFrozen(percentiles)).toBe(true)
})
