import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type LoggedCall, LoggedSums } from './logged-sums.js'

const calls = fc.record({
  model: fc.constantFrom('a', 'b', '__proto__'),
  prompt: fc.nat(),
  completion: fc.nat(),
  cost: fc.option(
    fc.nat({ max: 1e9 }).map((pico) => pico / 1e12),
    { nil: undefined },
  ),
})

test('the sums are those of the calls that were not replaced, exact to 1e-9 USD', () => {
  const steps = fc.array(fc.tuple(calls, fc.option(fc.nat())), { maxLength: 60 })
  fc.assert(
    fc.property(steps, (all) => {
      const sums = new LoggedSums()
      const kept: LoggedCall[] = []
      for (const [call, replaced] of all) {
        if (replaced === null || kept.length === 0) {
          expect(sums.add(call)).toBe(kept.length)
          kept.push(call)
        } else {
          sums.replace(replaced % kept.length, call)
          kept[replaced % kept.length] = call
        }
      }
      const read = sums.read()
      expect(read.map(({ model }) => model).sort()).toEqual(
        [...new Set(kept.map(({ model }) => model))].sort(),
      )
      for (const { model, entries, promptTokens, completionTokens, cost, unpricedEntries } of read) {
        const own = kept.filter((call) => call.model === model)
        const sum = (of: (call: LoggedCall) => number): number =>
          own.reduce((total, call) => total + of(call), 0)
        expect([entries, promptTokens, completionTokens, unpricedEntries]).toEqual([
          own.length,
          sum(({ prompt }) => prompt),
          sum(({ completion }) => completion),
          own.filter((call) => call.cost === undefined).length,
        ])
        expect(cost).toBeCloseTo(
          sum((call) => call.cost ?? 0),
          9,
        )
      }
    }),
  )
})

test('a million small amounts add up exactly', () => {
  const sums = new LoggedSums()
  for (let number = 0; number < 1e6; number++) sums.add({ model: 'a', prompt: 1, completion: 1, cost: 0.1 })
  expect(sums.read()).toMatchObject([{ cost: 100_000, entries: 1e6 }])
})
