/**
 * Whether a text may hold a key, by its longest runs of the characters that keys are made of: prose holds few. Reads
 * less than half of the characters, which costs less than the expressions of redact-text.ts do.
 */

/** The shortest that stands after `Bearer ` or `Basic `. */
const AFTER_SCHEME = 8
/** The shortest without a scheme: `xoxb-` and ten characters. */
const SHORTEST_KEY = 15

/** 1 for each character of a key, a token or a PEM mark. */
const KEY_CHARACTERS = new Uint8Array(256)
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~+/=-') {
  KEY_CHARACTERS[character.charCodeAt(0)] = 1
}

/**
 * The lowest byte of each character, since bytes are read faster than characters: what is beyond Latin-1 may look like a
 * key character then, never the other way round.
 */
const bytes = Buffer.allocUnsafeSlow(64 * 1024)
/** Of two pieces, so that a scheme and the start of its token are in one of them. */
const OVERLAP = 64

/** False only where no rule of redactText for PEM, schemes and keys finds anything. */
export function holdsKeyRun(text: string): boolean {
  if (text.length <= bytes.length) return holdsRun(bytes.write(text, 'latin1'))
  for (let from = 0; from < text.length; from += bytes.length - OVERLAP) {
    if (holdsRun(bytes.write(text.slice(from, from + bytes.length), 'latin1'))) return true
  }
  return false
}

/** Each window of the shortest run is read from its end: most of them end early, and the next begins behind that. */
function holdsRun(length: number): boolean {
  let from = 0
  while (from + AFTER_SCHEME <= length) {
    let place = from + AFTER_SCHEME - 1
    while (place >= from && KEY_CHARACTERS[bytes[place] ?? 0] === 1) place--
    if (place >= from) {
      from = place + 1
      continue
    }
    let to = from + AFTER_SCHEME
    while (to < length && KEY_CHARACTERS[bytes[to] ?? 0] === 1) to++
    if (to - from >= SHORTEST_KEY || isAfterScheme(from) || isPemMark(to)) return true
    from = to + 1
  }
  return false
}

/** After the end of `bearer` or `basic` in any case, and a space or more. */
function isAfterScheme(from: number): boolean {
  let place = from - 1
  if (bytes[place] !== SPACE) return false
  while (bytes[place] === SPACE) place--
  // A piece of a long text may begin with the spaces.
  if (place < 0) return true
  const letter = (bytes[place] ?? 0) | LOWER_CASE
  return letter === R || letter === C
}

/** At the end of `-----BEGIN`. */
function isPemMark(to: number): boolean {
  return bytes[to - 1] === CAPITAL_N && bytes[to - 10] === DASH
}

const SPACE = 0x20
const LOWER_CASE = 0x20
const R = 0x72
const C = 0x63
const CAPITAL_N = 0x4e
const DASH = 0x2d
