import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchesName, matchesPattern } from './name-match.js'

const letters = fc
  .array(fc.constantFrom('a', 'b', '.', '*', '?'), { maxLength: 12 })
  .map((list) => list.join(''))
const names = fc.array(fc.constantFrom('a', 'b', '.'), { maxLength: 12 }).map((list) => list.join(''))

test('a pattern matches what the same regular expression matches', () => {
  fc.assert(
    fc.property(letters, names, (pattern, name) => {
      const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')
      expect(matchesPattern(pattern, name)).toBe(new RegExp(`^${source}$`, 's').test(name))
    }),
    { numRuns: 2_000 },
  )
})

test('a hostile pattern ends', () => {
  expect(matchesPattern(`${'*a'.repeat(128)}b`, 'a'.repeat(256))).toBe(false)
  expect(matchesPattern(`${'*?'.repeat(64)}*`, 'a'.repeat(256))).toBe(true)
})

test.each([
  ['exact', 'gpt-4o', 'gpt-4o', true],
  ['exact', 'gpt-4o', 'gpt-4o-mini', false],
  ['prefix', 'gpt-4o', 'gpt-4o-mini', true],
  ['prefix', 'gpt-4o', 'my-gpt-4o', false],
  ['pattern', '*-4o*', 'gpt-4o-mini', true],
  ['pattern', 'gpt', 'gpt-4o', false],
  ['pattern', '(a+)+$', 'aaaa', false],
] as const)('%s %s and the name %s: %s', (kind, text, name, expected) => {
  expect(matchesName({ kind, text }, name)).toBe(expected)
})
