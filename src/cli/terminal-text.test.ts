import fc from 'fast-check'
import { expect, test } from 'vitest'
import { terminalJson, terminalRawJson, terminalText } from './terminal-text.js'

test.each([
  ['a plain name', 'Support bot', 'Support bot'],
  ['letters of any script', 'Grüße 你好 🎉', 'Grüße 你好 🎉'],
  ['line ends and tabs', 'a\r\nb\tc', 'a\\r\\nb\\tc'],
  ['an escape sequence', '\u001b[2J\u001b]0;x\u0007', '\\u001b[2J\\u001b]0;x\\u0007'],
  ['C1 controls', 'a\u009b31m', 'a\\u009b31m'],
  ['delete', 'a\u007f', 'a\\u007f'],
  ['bidi controls', 'a\u202etxt.exe\u2066', 'a\\u202etxt.exe\\u2066'],
  ['line separators', 'a\u2028b\u2029', 'a\\u2028b\\u2029'],
  ['zero width', 'a\u200bb\ufeff', 'a\\u200bb\\ufeff'],
  ['half a character', 'a\ud800b', 'a\\ud800b'],
  ['a NUL', 'a\u0000b', 'a\\u0000b'],
])('%s', (_name, input, expected) => {
  expect(terminalText(input)).toBe(expected)
})

test('escaping twice changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(terminalText(terminalText(text))).toBe(terminalText(text))
    }),
  )
})

test.each([undefined, 2])('JSON keeps its value (indent %s)', (indent) => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const json = terminalJson(value, indent)
      expect(JSON.parse(json)).toStrictEqual(JSON.parse(JSON.stringify(value)))
      expect(terminalText(json.replaceAll('\n', ''))).toBe(json.replaceAll('\n', ''))
    }),
  )
})

test.each<[string, string, string]>([
  ['digits stay', '{"a": 12345678901234567890.10}', '{"a": 12345678901234567890.10}'],
  ['controls between the values are spaces', '{"a":\t[1,\r2]}', '{"a": [1, 2]}'],
  ['what is no JSON is a string', '{"a":NaN}', String.raw`"{\"a\":NaN}"`],
  ['nothing is a string', '', '""'],
])('JSON that is text: %s', (_, json, expected) => {
  expect(terminalRawJson(json)).toBe(expected)
})

test.each([undefined, '\t', ' '])('JSON that is text keeps its value (indent %j)', (indent) => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const given = JSON.stringify(value, null, indent)
      const json = terminalRawJson(given)
      expect(JSON.parse(json)).toStrictEqual(JSON.parse(given))
      expect(terminalText(json)).toBe(json)
    }),
  )
})
