import { describe, expect, test } from 'vitest'
import { holdsKeyRun } from './key-runs.js'

const DIGITS = '0123456789'

/** What a rule of redactText finds, with what stands before it. */
const FOUND: readonly (readonly [string, string])[] = [
  ['the shortest key', `xoxb-${DIGITS}`],
  ['a token after its scheme', 'Bearer a1b2c3d4'],
  ['a token after many spaces', `bearer${' '.repeat(200)}a1b2c3d4`],
  ['a token in capitals', 'BASIC A1B2C3D4'],
  ['a token of signs', 'Basic +/+/ab1='],
  ['a PEM mark', '-----BEGIN EC PRIVATE KEY-----'],
]

describe('holdsKeyRun', () => {
  test.each(FOUND)('finds %s at every place, in front of and behind anything', (_, text) => {
    for (let before = 0; before < 40; before++) {
      expect(holdsKeyRun(`${'.'.repeat(before % 3)}${' a'.repeat(before)} ${text}`)).toBe(true)
      expect(holdsKeyRun(`${' ab'.repeat(before)}"${text}" and more words`)).toBe(true)
    }
  })

  test.each(FOUND)('finds %s wherever a long text is cut into pieces', (_, text) => {
    for (let before = 65_536 - 300; before < 65_536 + 10; before += 1 + (before % 3)) {
      expect(holdsKeyRun(`${'a '.repeat(before / 2)}${text} b`)).toBe(true)
    }
  })

  test.each([
    ['nothing', ''],
    ['prose', 'The refund was issued on the 3rd; it takes "up to five" business days, we presume.'],
    ['a long word', 'incomprehensib'],
    ['a scheme without a token', 'Bearer of bad news'],
    ['characters beyond Latin-1 that hold no key', '你好，世界。'.repeat(30)],
  ])('passes %s', (_, text) => {
    expect(holdsKeyRun(text)).toBe(false)
  })

  test('takes characters by their lowest byte for more than they are, never for less', () => {
    expect(holdsKeyRun('\u0141'.repeat(20))).toBe(true)
    expect(holdsKeyRun(`\u4e2dxoxb-${DIGITS}`)).toBe(true)
  })
})
