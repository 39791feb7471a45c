import fc from 'fast-check'
import { expect, test } from 'vitest'
import { importId } from './import-id.js'
import { type KnownState, StateTable } from './state-table.js'

const states = fc.record({
  endMs: fc.oneof(fc.integer(), fc.constant(Number.NEGATIVE_INFINITY)),
  mark: fc.option(fc.nat({ max: 2 ** 52 - 1 }), { nil: undefined }),
  isFinished: fc.boolean(),
  isMet: fc.boolean(),
  logged: fc.option(fc.nat(), { nil: undefined }),
})

test('it is a map from ids to states', () => {
  const steps = fc.array(fc.tuple(fc.nat({ max: 500 }), states), { maxLength: 300 })
  fc.assert(
    fc.property(steps, (all) => {
      const table = new StateTable()
      const map = new Map<string, KnownState>()
      for (const [number, state] of all) {
        const id = importId('codex', [String(number)])
        table.set(id, state)
        map.set(id, state)
      }
      expect(table.size).toBe(map.size)
      for (const [id, state] of map) expect(table.get(id)).toEqual(state)
      expect(table.get(importId('codex', ['none']))).toBeUndefined()
    }),
    { numRuns: 50 },
  )
})

test('it grows and forgets nothing', () => {
  const table = new StateTable()
  const stateOf = (number: number): KnownState => ({
    endMs: number,
    mark: 2 ** 51 + number,
    isFinished: number % 2 === 0,
    isMet: number % 3 === 0,
    logged: number % 5 === 0 ? number : undefined,
  })
  for (let number = 0; number < 30_000; number++) table.set(importId('x', [String(number)]), stateOf(number))
  expect(table.size).toBe(30_000)
  for (let number = 0; number < 30_000; number += 7) {
    expect(table.get(importId('x', [String(number)]))).toEqual(stateOf(number))
  }
})

test('ids of any form are told apart', () => {
  const table = new StateTable()
  const state = { endMs: 1, mark: 2, isFinished: true, isMet: true, logged: 0 }
  const ids = ['codex-somebody', 'otlp-0123456789abcdef0123456789abcdef-0123456789abcdef', 'a']
  for (const [endMs, id] of ids.entries()) table.set(id, { ...state, endMs })
  expect(ids.map((id) => table.get(id)?.endMs)).toEqual([0, 1, 2])
})
