import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findJsonFault, MAX_NESTING } from './repeated-key.js'

test.each([
  ['at the top', '{"a":1,"a":2}', 'a'],
  ['with white space', '{ "a" : 1 ,\n "a" : 2 }', 'a'],
  ['deep inside', '{"x":[{"y":{"b":1,"c":{},"b":2}}]}', 'b'],
  ['in two spellings', '{"a":1,"\\u0061":2}', 'a'],
  ['after a string that ends in a backslash', '{"p":"\\\\","k":1,"k":2}', 'k'],
  ['after a string with quotes and braces', '{"p":"{\\"k\\":[,","k":1,"k":2}', 'k'],
  ['__proto__', '{"__proto__":1,"__proto__":2}', '__proto__'],
  ['the empty key', '{"":1,"":2}', ''],
])('a repeated key is found %s', (_name, text, key) => {
  expect(findJsonFault(text)).toEqual({ kind: 'repeated-key', key })
})

test.each([
  ['one key in two objects', '[{"a":1},{"a":2}]'],
  ['one key at two depths', '{"a":{"a":{"a":1}}}'],
  ['a value like a key', '{"a":"b","b":"a"}'],
  ['strings in an array', '["a","a"]'],
  ['keys that differ in case', '{"a":1,"A":2}'],
])('%s is no repetition', (_name, text) => {
  expect(findJsonFault(text)).toBeUndefined()
})

test('nesting is bounded', () => {
  expect(findJsonFault('['.repeat(MAX_NESTING) + ']'.repeat(MAX_NESTING))).toBeUndefined()
  expect(findJsonFault('[{"a":'.repeat(MAX_NESTING))).toEqual({ kind: 'nesting' })
})

test('what JSON.stringify wrote has no fault', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(findJsonFault(JSON.stringify(value))).toBeUndefined()
    }),
  )
})

test('a key that is written again is found, whatever stands around it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), fc.jsonValue(), (key, first, second) => {
      const name = JSON.stringify(key)
      const text = `[{${name}:${JSON.stringify(first)},${name}:${JSON.stringify(second)}}]`
      expect(findJsonFault(text)).toEqual({ kind: 'repeated-key', key: JSON.parse(name) })
    }),
  )
})
