/** Finds where a JSON object ends, or where it stops being one. */

export type Scanned =
  /** `to` is behind its closing brace. */
  | { readonly is: 'whole'; readonly to: number }
  /** The byte at `at` cannot stand there. */
  | { readonly is: 'broken'; readonly at: number }
  /** The bytes ended first; all of them may begin an object. */
  | { readonly is: 'unfinished' }

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a]
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d]
const ESCAPED = new Set(Buffer.from('"\\/bfnrt'))
const LITERALS = ['true', 'false', 'null'].map((text) => Buffer.from(text))
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const UNFINISHED_NUMBER = /-?(?:(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][+-]?\d*)?)?/y
/** No number that is written is longer. */
const MAX_NUMBER = 400

/** What may come next: `first` a key or the end, `key` a key, `item` a value or the end of a list. */
type Expected = 'first' | 'key' | 'colon' | 'value' | 'item' | 'next'

/** Scans `bytes` from `from`, by RFC 8259; text is not looked at, so half a character is none of its concern. */
export function scanObject(bytes: Buffer, from: number): Scanned {
  if (from >= bytes.length) return { is: 'unfinished' }
  if (bytes[from] !== OPEN_OBJECT) return { is: 'broken', at: from }
  /** One for each that is open: true for an object, false for a list. */
  const open = [true]
  let expected: Expected = 'first'
  let at = from + 1
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0
    if (byte === 0x20 || byte === 0x09 || byte === 0x0d) {
      at++
      continue
    }
    const isEnd =
      (byte === CLOSE_OBJECT && open.at(-1) === true && (expected === 'first' || expected === 'next')) ||
      (byte === CLOSE_LIST && open.at(-1) === false && (expected === 'item' || expected === 'next'))
    if (isEnd) {
      open.pop()
      at++
      if (open.length === 0) return { is: 'whole', to: at }
      expected = 'next'
    } else if (expected === 'next') {
      if (byte !== COMMA) return { is: 'broken', at }
      expected = open.at(-1) === true ? 'key' : 'value'
      at++
    } else if (expected === 'colon') {
      if (byte !== COLON) return { is: 'broken', at }
      expected = 'value'
      at++
    } else if (expected === 'first' || expected === 'key') {
      if (byte !== QUOTE) return { is: 'broken', at }
      const key = scanString(bytes, at)
      if (typeof key === 'object') return key
      expected = 'colon'
      at = key
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      open.push(byte === OPEN_OBJECT)
      expected = byte === OPEN_OBJECT ? 'first' : 'item'
      at++
    } else {
      const value = byte === QUOTE ? scanString(bytes, at) : scanScalar(bytes, at)
      if (typeof value === 'object') return value
      expected = 'next'
      at = value
    }
  }
  return { is: 'unfinished' }
}

/** From the opening quote to behind the closing one. */
function scanString(bytes: Buffer, from: number): number | Scanned {
  for (let at = from + 1; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === QUOTE) return at + 1
    if (byte < 0x20) return { is: 'broken', at }
    if (byte !== BACKSLASH) continue
    at++
    const escaped = bytes[at]
    if (escaped === undefined) return { is: 'unfinished' }
    if (ESCAPED.has(escaped)) continue
    if (escaped !== 0x75) return { is: 'broken', at }
    for (let digit = 0; digit < 4; digit++) {
      at++
      if (at >= bytes.length) return { is: 'unfinished' }
      if (!/[0-9a-fA-F]/.test(String.fromCharCode(bytes[at] ?? 0))) return { is: 'broken', at }
    }
  }
  return { is: 'unfinished' }
}

function scanScalar(bytes: Buffer, from: number): number | Scanned {
  for (const literal of LITERALS) {
    if (bytes[from] !== literal[0]) continue
    for (let index = 0; index < literal.length; index++) {
      if (from + index >= bytes.length) return { is: 'unfinished' }
      if (bytes[from + index] !== literal[index]) return { is: 'broken', at: from + index }
    }
    return from + literal.length
  }
  const text = bytes.toString('latin1', from, Math.min(bytes.length, from + MAX_NUMBER))
  const begun = lengthOf(UNFINISHED_NUMBER, text)
  if (begun === 0) return { is: 'broken', at: from }
  if (from + begun >= bytes.length) return { is: 'unfinished' }
  const whole = lengthOf(NUMBER, text)
  return whole === begun ? from + whole : { is: 'broken', at: from + begun }
}

function lengthOf(pattern: RegExp, text: string): number {
  pattern.lastIndex = 0
  return pattern.exec(text)?.[0].length ?? 0
}
