/** Ids given by callers, and the ids made here. */
import { randomFillSync } from 'node:crypto'
import { looksLikeSecret } from './redact.js'

/** Characters of an id at most; each is one byte. */
export const MAX_ID = 128

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

const UUID_LENGTH = 36
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Device names that Windows opens instead of a file, with or without an extension. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i

/**
 * True for an id that may be used as it is: `[A-Za-z0-9][A-Za-z0-9._-]{0,127}` without `..`, not ending in a dot
 * (Windows drops it), no reserved device name, and nothing that looks like a credential: that would be redacted in the
 * file, and two of them would be one. Every id passes here before a path is built from it.
 */
export function isId(value: unknown): value is string {
  if (typeof value !== 'string') return false
  return (value.length === UUID_LENGTH && UUID.test(value)) || known.has(value) || isOtherId(value)
}

/** Ids of chats come again with each request. */
const known = new Set<string>()
const MAX_KNOWN = 10_000

function isOtherId(value: string): boolean {
  const valid =
    ID.test(value) &&
    !value.includes('..') &&
    !value.endsWith('.') &&
    !RESERVED.test(value) &&
    !looksLikeSecret(value)
  if (valid) {
    if (known.size >= MAX_KNOWN) known.clear()
    known.add(ownText(value))
  }
  return valid
}

/** A copy that holds on to no other text: an id that is cut out of a body would keep all of the body. */
export function ownText(text: string): string {
  return Buffer.from(text).toString()
}

/** True for a name that Windows would take for a device. */
export function isReservedName(name: string): boolean {
  return RESERVED.test(name)
}

/** A multiple of the 8 bytes that an id takes. */
const POOL_BYTES = 4096
const pool = Buffer.allocUnsafe(POOL_BYTES)
let poolOffset = POOL_BYTES
let lastMs = 0
let sequence = 0
/** The characters of an id; the first ones stay while the ms does. */
const characters = Buffer.from('tttttttt-tttt-7sss-vrrr-rrrrrrrrrrrr', 'latin1')
let writtenMs = Number.NaN
const HEX = Buffer.from('0123456789abcdef', 'latin1')

/**
 * A UUID version 7 (RFC 9562, section 5.7): 48 bits of Unix ms, then a 12-bit counter within the ms (method 1 of
 * section 6.2), then 62 random bits. Ids of one process sort in the order they were made, also when the clock
 * steps back.
 */
export function uuidV7(now = Date.now()): string {
  if (now > lastMs) {
    lastMs = now
    sequence = 0
  } else if (++sequence > 0xfff) {
    lastMs += 1
    sequence = 0
  }
  if (lastMs !== writtenMs) {
    const time = lastMs.toString(16).padStart(12, '0')
    characters.write(`${time.slice(0, 8)}-${time.slice(8)}`, 'latin1')
    writtenMs = lastMs
  }
  if (poolOffset === POOL_BYTES) {
    randomFillSync(pool)
    poolOffset = 0
  }
  writeHex(15, sequence >> 8)
  writeHex(16, sequence >> 4)
  writeHex(17, sequence)
  const variant = pool[poolOffset++] ?? 0
  writeHex(19, 8 | ((variant >> 4) & 3))
  writeHex(20, variant)
  writeRandomHex(21, 23)
  writeRandomHex(24, 36)
  // One flat text: a rope of its parts would be kept as such for as long as the id is remembered.
  return characters.toString('latin1')
}

/** The lowest four bits. */
function writeHex(place: number, bits: number): void {
  characters[place] = HEX[bits & 0xf] ?? 0
}

function writeRandomHex(from: number, to: number): void {
  for (let place = from; place < to; place += 2) {
    const byte = pool[poolOffset++] ?? 0
    writeHex(place, byte >> 4)
    writeHex(place + 1, byte)
  }
}
