import { describe, expect, it } from 'vitest'
import { prettyText, prettyValue } from './pretty-text.js'

describe('prettyText', () => {
  it.each([
    ['a line end', 'a\r\nb', 'a\\r\\nb'],
    ['a screen control', '\u001b[2J', '\\u001b[2J'],
    ['a C1 control', '\u009b2J', '\\u009b2J'],
    ['a text direction', '\u202etxt', '\\u202etxt'],
    ['a line separator', 'a\u2028b', 'a\\u2028b'],
    ['an invisible character', 'a\u200bb', 'a\\u200bb'],
    ['any language', 'Grüße, 世界 👋', 'Grüße, 世界 👋'],
  ])('shows %s', (_name, text, shown) => {
    expect(prettyText(text)).toBe(shown)
  })

  it('keeps the lines of a stack only', () => {
    const value = { msg: 'a\nb', err: { stack: 'Error: a\u001b[2J\n    at b', 'k\n': ['c\n', 1, null] } }
    expect(prettyValue(value)).toEqual({
      msg: 'a\\nb',
      err: { stack: 'Error: a\\u001b[2J\n    at b', 'k\\n': ['c\\n', 1, null] },
    })
  })
})
