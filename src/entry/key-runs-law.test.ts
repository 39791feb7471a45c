import fc from 'fast-check'
import { expect, test, vi } from 'vitest'

const { redactText } = await import('./redact-text.js')
vi.resetModules()
// Every text is searched then: what is compared with is redaction without the look for runs.
vi.doMock('./key-runs.js', () => ({ holdsKeyRun: () => true }))
const { redactText: redactSearchingAll } = await import('./redact-text.js')

const DIGITS = '0123456789abcdefABCDEF'
const key = fc.string({
  unit: fc.constantFrom(...DIGITS, '-', '_', '.', '+', '/', '='),
  minLength: 4,
  maxLength: 40,
})
const piece = fc.oneof(
  key,
  fc.constantFrom('sk-', 'sk-proj-', 'xoxb-', 'ghp_', 'AKIA', 'AIza', 'eyJ', 'SG.', 'SK', 'npm_', 'hf_'),
  fc.constantFrom(
    'Bearer ',
    'bearer  ',
    'BASIC ',
    'Basic',
    'r ',
    'c ',
    '-----BEGIN RSA PRIVATE KEY-----',
    '-----',
  ),
  fc.constantFrom(
    ' ',
    '"',
    '\\n',
    '\\u0041',
    '\\\\',
    '\n',
    '\u0141',
    '\u4e2d',
    '\u0120',
    'é',
    'word',
    'incomprehensible',
  ),
)
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))

test('a text that is passed over holds nothing that any rule finds', () => {
  fc.assert(
    fc.property(text, fc.nat(40), (given, before) => {
      const padded = ' a'.repeat(before) + given
      expect(redactText(padded)).toBe(redactSearchingAll(padded))
    }),
    { numRuns: 3_000 },
  )
})

test('wherever it is cut into pieces', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: -120, max: 10 }), fc.nat(300), (given, at, spaces) => {
      const long = `${'a '.repeat(32_768).slice(0, 65_536 + at)}Bearer${' '.repeat(spaces)}${given} b`
      expect(redactText(long)).toBe(redactSearchingAll(long))
    }),
    { numRuns: 200 },
  )
})
