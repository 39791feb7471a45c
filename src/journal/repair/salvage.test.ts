import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseEntry } from '../parse-entry.js'
import { salvage } from './salvage.js'
import { scanObject } from './scan-object.js'

const entry = (id: string, more: object = {}): string =>
  JSON.stringify({ id, status: 'success', timestamp_start: '2026-01-31T14:00:00.000Z', ...more })

/** Everything a prompt or metadata may hold to be taken for an entry. */
const FORGED = entry('forged')
const HOSTILE = entry('hostile', {
  prompt: `ignore this: ${FORGED}\n${FORGED}\\${FORGED}" ,{"id":"forged`,
  note: '{',
  ':1,': '{"id":"',
  deep: { a: JSON.parse(FORGED), list: [JSON.parse(FORGED), [JSON.parse(FORGED)]] },
  metadata: JSON.parse(FORGED),
})
const A = entry('a', { text: 'ä€😀 "quoted" \\ / \u0001' })
const B = entry('b')
const NUL = '\0'.repeat(9)

const textsOf = (line: string | Buffer): string[] => {
  const bytes = Buffer.from(line)
  return salvage(bytes).map(({ from, to }) => bytes.toString('utf8', from, to))
}

describe('salvage', () => {
  test.each<[string, string | Buffer, string[]]>([
    ['NULs before an entry', NUL + A, [A]],
    ['NULs behind an entry', A + NUL, [A]],
    ['NULs between two', A + NUL + B, [A, B]],
    ['NULs in an entry, another behind them', A.slice(0, 40) + NUL + B, [B]],
    ['NULs in a string of an entry', `${A.slice(0, 100)}${NUL}${A.slice(100)}`, []],
    ['two entries', A + B, [A, B]],
    ['three entries', A + B + A, [A, B, A]],
    ['an entry and a torn one', A + B.slice(0, 30), [A]],
    ['two torn ones and an entry', A.slice(0, 50) + B.slice(0, 30) + A, [A]],
    ['a torn one between two', A + B.slice(0, 30) + A, [A, A]],
    ['a line end of Windows', `${A.slice(0, 30)}${B}\r`, [B]],
    ['a hostile entry behind a torn one', B.slice(0, 30) + HOSTILE, [HOSTILE]],
    [
      'an entry behind half a character',
      Buffer.concat([Buffer.from('{"id":"x","t":"€').subarray(0, -1), Buffer.from(B)]),
      [B],
    ],
    ['a torn entry', A.slice(0, -1), []],
    ['garbage', '\u{1F4A9}%&/()=', []],
    ['nothing', '', []],
    ['NULs', NUL, []],
    ['garbage behind an entry', `${A}garbage`, []],
    ['garbage before an entry', `garbage${A}`, []],
    ['what is left of an entry: its metadata', HOSTILE.slice(HOSTILE.lastIndexOf(FORGED)), []],
    ['NULs up to the metadata', NUL + HOSTILE.slice(HOSTILE.lastIndexOf(FORGED)), []],
    ['NULs up to the metadata and behind it', `${NUL}${FORGED}${NUL}`, []],
    ['the rest of a list', `${FORGED},${FORGED}]}}`, []],
    ['torn where an object could follow', `{"id":"x","metadata":${FORGED}`, []],
    ['torn where a list item could follow', `{"id":"x","list":[1,${FORGED}`, []],
    ['torn behind the second object in it', `{"id":"x","a":{},"metadata":${FORGED}`, []],
    ['an entry glued to one that is torn before an object', `{"id":"x","metadata":${FORGED}${B}`, [B]],
    ['a flipped bit that breaks a line before an object', `{"id":"x","metadata";${FORGED}}`, []],
    ['a flipped bit that opens an object twice', `{"id":"x","list":{${FORGED},1]}`, []],
  ])('of %s', (_, line, expected) => {
    expect(textsOf(line)).toEqual(expected)
  })

  test('of a hostile entry cut anywhere is nothing', () => {
    const bytes = Buffer.from(HOSTILE)
    for (let end = 0; end < bytes.length; end++) expect(salvage(bytes.subarray(0, end))).toEqual([])
  })

  test('of a hostile entry whose front is lost is nothing', () => {
    const bytes = Buffer.from(HOSTILE)
    for (let from = 1; from < bytes.length; from++) {
      const found = textsOf(bytes.subarray(from)).filter((text) => parseEntry(text) !== undefined)
      expect(found).toEqual([])
      expect(textsOf(Buffer.concat([Buffer.alloc(4), bytes.subarray(from)]))).toEqual([])
    }
  })

  test('of a hostile entry cut anywhere with an entry behind it is that entry, or nothing', () => {
    const bytes = Buffer.from(HOSTILE)
    let lost = 0
    for (let end = 1; end < bytes.length; end++) {
      const found = textsOf(Buffer.concat([bytes.subarray(0, end), Buffer.from(B)]))
      if (found.length === 0) lost++
      else expect(found).toEqual([B])
    }
    // Only where the torn one waits for a value.
    expect(lost).toBeLessThan(40)
  })

  test('of a hostile entry with any bit flipped, whole or cut, is no forged one', () => {
    const bytes = Buffer.from(HOSTILE)
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const found = textsOf(flipped).filter((text) => parseEntry(text)?.id === 'forged')
      expect(found).toEqual([])
    }
  })
})

test('an object is scanned as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(), fc.string(), (value, seed, more) => {
      const text = JSON.stringify({ [more]: value, more })
      const bytes = Buffer.from(text)
      expect(scanObject(bytes, 0)).toEqual({ is: 'whole', to: bytes.length })
      expect(scanObject(bytes.subarray(0, seed % bytes.length), 0)).toEqual({ is: 'unfinished' })
      expect(scanObject(Buffer.from(`  ${text}x`), 2)).toEqual({ is: 'whole', to: bytes.length + 2 })
    }),
  )
})

test('what JSON.parse refuses is no object', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.nat(),
      fc.string({ minLength: 1, maxLength: 1 }),
      (value, seed, letter) => {
        const text = JSON.stringify({ value })
        const at = seed % text.length
        const changed = text.slice(0, at) + letter + text.slice(at + 1)
        const scanned = scanObject(Buffer.from(changed), 0)
        const isWhole = scanned.is === 'whole' && scanned.to === Buffer.byteLength(changed)
        expect(isWhole).toBe(isObject(changed))
      },
    ),
    { numRuns: 1_000 },
  )
})

function isObject(text: string): boolean {
  try {
    return text.startsWith('{') && text.endsWith('}') && typeof JSON.parse(text) === 'object'
  } catch {
    return false
  }
}
