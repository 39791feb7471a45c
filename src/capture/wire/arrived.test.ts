import { expect, test } from 'vitest'
import { BoundedText } from './arrived.js'

const MAX_CHARACTERS = 4_000_000

function textOf(...pieces: string[]): string {
  const text = new BoundedText()
  for (const piece of pieces) expect(text.add(piece)).toBe(true)
  return text.toString()
}

const ALMOST = 'a'.repeat(MAX_CHARACTERS - 1)

test.each([
  ['one piece', [`${ALMOST}bc`], `${ALMOST}b`],
  ['the last of several, and nothing of those behind it', [ALMOST, 'bc', 'd'], `${ALMOST}b`],
  ['not within a surrogate pair', [ALMOST, '😀', 'd'], ALMOST],
  ['behind a pair that fits', [ALMOST.slice(1), '😀x'], `${ALMOST.slice(1)}😀`],
])('text is cut at the bound: %s', (_name, pieces, kept) => {
  // Four million characters are no help in a message.
  expect(textOf(...pieces) === kept).toBe(true)
})
