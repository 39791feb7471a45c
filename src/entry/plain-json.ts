/** Whether JSON carries a value as it is. Everything else is copied by `plain-copy.ts`. */
import { isSecretField } from './redact.js'

/** Longer strings are cut, and marked with their length and hash. */
export const MAX_STRING = 1_000_000
/** Deeper values are replaced by a mark; JSON.stringify throws by 5,000 levels. */
export const MAX_DEPTH = 100
/** Objects and arrays of one value. What is shared is written each time, so a small graph can be an endless text. */
export const MAX_NODES = 200_000

/** Characters of one value: what holds more than a line may is not walked to its end. */
export const MAX_TEXT = 8 * 1024 * 1024

/**
 * True when JSON.stringify writes the value as it should be written: plain objects and arrays of finite numbers,
 * booleans, null and well-formed strings within the bounds, with no secret under a name that says so. This is the
 * common case and costs one walk.
 */
export function isPlainJson(value: unknown): boolean {
  return isPlain(value, 0, { nodes: MAX_NODES, text: MAX_TEXT })
}

interface Budget {
  nodes: number
  text: number
}

function isPlain(value: unknown, depth: number, left: Budget): boolean {
  switch (typeof value) {
    case 'string':
      left.text -= value.length
      return left.text >= 0 && value.length <= MAX_STRING && value.isWellFormed()
    case 'number':
      return Number.isFinite(value)
    case 'boolean':
      return true
    case 'object':
      return value === null || isPlainObject(value, depth, left)
    default:
      return false
  }
}

function isPlainObject(value: object, depth: number, left: Budget): boolean {
  if (depth >= MAX_DEPTH || --left.nodes < 0) return false
  if (Array.isArray(value)) {
    if ('toJSON' in value) return false
    left.text -= value.length
    return left.text >= 0 && value.every((item) => isPlain(item, depth + 1, left))
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  if ('toJSON' in value) return false
  for (const key in value) {
    if (!Object.hasOwn(value, key)) return false
    const item: unknown = Reflect.get(value, key)
    left.text -= key.length
    if (left.text < 0 || !key.isWellFormed() || isSecretField(key, item)) return false
    if (item !== undefined && !isPlain(item, depth + 1, left)) return false
  }
  return true
}
