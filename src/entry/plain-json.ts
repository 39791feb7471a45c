/** Whether JSON carries a value as it is. Everything else is copied by `plain-copy.ts`. */
import { isSecretKey } from './redact.js'

/** Longer strings are cut, and marked with their length and hash. */
export const MAX_STRING = 1_000_000
/** Deeper values are replaced by a mark; JSON.stringify throws by 5,000 levels. */
export const MAX_DEPTH = 100
/** Objects and arrays of one value. What is shared is written each time, so a small graph can be an endless text. */
export const MAX_NODES = 200_000

/**
 * True when JSON.stringify writes the value as it should be written: plain objects and arrays of finite numbers,
 * booleans, null and well-formed strings within the bounds, with no secret under a name that says so. This is the
 * common case and costs one walk.
 */
export function isPlainJson(value: unknown): boolean {
  return isPlain(value, 0, { left: MAX_NODES })
}

function isPlain(value: unknown, depth: number, nodes: { left: number }): boolean {
  switch (typeof value) {
    case 'string':
      return value.length <= MAX_STRING && value.isWellFormed()
    case 'number':
      return Number.isFinite(value)
    case 'boolean':
      return true
    case 'object':
      return value === null || isPlainObject(value, depth, nodes)
    default:
      return false
  }
}

function isPlainObject(value: object, depth: number, nodes: { left: number }): boolean {
  if (depth >= MAX_DEPTH || --nodes.left < 0) return false
  if (Array.isArray(value)) return value.every((item) => isPlain(item, depth + 1, nodes))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  if ('toJSON' in value) return false
  for (const [key, item] of Object.entries(value)) {
    if (!key.isWellFormed() || isSecretField(key, item)) return false
    if (item !== undefined && !isPlain(item, depth + 1, nodes)) return false
  }
  return true
}

/** Whether a field holds what must not be written. That a secret is absent is worth knowing. */
export function isSecretField(name: string, value: unknown, isSecret = isSecretKey): boolean {
  return value !== undefined && value !== null && value !== '' && typeof value !== 'boolean' && isSecret(name)
}
