/** Ids given by callers, and the ids made here. */
import { randomFillSync } from 'node:crypto'
import { looksLikeSecret } from './redact.js'

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Device names that Windows opens instead of a file, with or without an extension. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i

/**
 * True for an id that may be used as it is: `[A-Za-z0-9][A-Za-z0-9._-]{0,127}` without `..`, not ending in a dot
 * (Windows drops it), no reserved device name, and nothing that looks like a credential: that would be redacted in the
 * file, and two of them would be one. Every id passes here before a path is built from it.
 */
export function isId(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    ID.test(value) &&
    !value.includes('..') &&
    !value.endsWith('.') &&
    !RESERVED.test(value) &&
    (UUID.test(value) || !looksLikeSecret(value))
  )
}

/** True for a name that Windows would take for a device. */
export function isReservedName(name: string): boolean {
  return RESERVED.test(name)
}

const POOL_IDS = 256
const pool = Buffer.allocUnsafe(POOL_IDS * 8)
let poolOffset = pool.length
let lastMs = 0
let sequence = 0

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
  if (poolOffset === pool.length) {
    randomFillSync(pool)
    poolOffset = 0
  }
  const random = pool.toString('hex', poolOffset, poolOffset + 8)
  poolOffset += 8
  const time = lastMs.toString(16).padStart(12, '0')
  const variant = ((Number.parseInt(random.charAt(0), 16) & 0x3) | 0x8).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence.toString(16).padStart(3, '0')}-${variant}${random.slice(1, 4)}-${random.slice(4, 16)}`
}
