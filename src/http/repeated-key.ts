/** What JSON.parse lets pass: a key given twice, of which it silently keeps the last, and bottomless nesting. */

/** Objects and arrays within each other; a deeper body is refused before anything walks it. */
export const MAX_NESTING = 1000

const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

export type JsonFault = { readonly kind: 'repeated-key'; readonly key: string } | { readonly kind: 'nesting' }

/** The first such fault of a text that JSON.parse accepts; undefined when there is none. One pass, no recursion. */
export function findJsonFault(text: string): JsonFault | undefined {
  const open: (Set<string> | undefined)[] = []
  let keyIsNext = false
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case OPEN_BRACE:
      case OPEN_BRACKET:
        keyIsNext = text.charCodeAt(at) === OPEN_BRACE
        if (open.push(keyIsNext ? new Set() : undefined) > MAX_NESTING) return { kind: 'nesting' }
        break
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        open.pop()
        keyIsNext = false
        break
      case COMMA:
        keyIsNext = open.at(-1) !== undefined
        break
      case QUOTE: {
        const end = endOfString(text, at)
        if (keyIsNext) {
          const keys = open.at(-1)
          // Two spellings of one key, such as "a" and "\u0061", are the same key.
          const key = String(JSON.parse(text.slice(at, end + 1)))
          if (keys?.has(key)) return { kind: 'repeated-key', key }
          keys?.add(key)
          keyIsNext = false
        }
        at = end
        break
      }
    }
  }
  return undefined
}

/** Index of the quote that ends the string begun at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return end
  }
  return text.length
}
