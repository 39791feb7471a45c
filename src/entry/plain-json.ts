/** Any value to one that JSON can carry, with nothing thrown and nothing lost without a mark. */
import { createHash } from 'node:crypto'
import { isSecretKey, REDACTED } from './redact.js'

/** Longer strings are cut here, and marked with their length and hash. */
export const MAX_STRING = 1_000_000
/** Deeper values are replaced by a mark; JSON.stringify throws by 5,000 levels. */
export const MAX_DEPTH = 100

/**
 * True when JSON.stringify writes the value as it is: plain objects and arrays of finite numbers, booleans, null and
 * well-formed strings within the bounds, and no key that names a secret. This is the common case and costs one walk; all else goes to `toPlainJson`.
 */
export function isPlainJson(value: unknown, depth = 0): boolean {
  switch (typeof value) {
    case 'string':
      return value.length <= MAX_STRING && value.isWellFormed()
    case 'number':
      return Number.isFinite(value)
    case 'boolean':
      return true
    case 'object': {
      if (value === null) return true
      if (depth >= MAX_DEPTH) return false
      if (Array.isArray(value)) return value.every((item) => isPlainJson(item, depth + 1))
      const prototype: unknown = Object.getPrototypeOf(value)
      if (prototype !== Object.prototype && prototype !== null) return false
      if ('toJSON' in value) return false
      for (const [key, item] of Object.entries(value)) {
        if (isSecretKey(key) || !key.isWellFormed()) return false
        if (item !== undefined && !isPlainJson(item, depth + 1)) return false
      }
      return true
    }
    default:
      return false
  }
}

/**
 * A copy that JSON can carry. What JSON has no form for becomes a marked string or object: `[circular]`,
 * `[depth limit]`, `[threw: …]`, `123n`, `NaN`; Map and Set become arrays, Error its name, message, stack and
 * cause. Strings over MAX_STRING are cut and end in `…[cut: N characters, sha256 H]`; lone surrogates become U+FFFD.
 * `undefined`, functions and symbols are left out, as in JSON.stringify. What stands under the name of a secret
 * (`password`, `x-api-key`) becomes `[REDACTED]`.
 */
export function toPlainJson(value: unknown): unknown {
  return convert(value, 0, new Set())
}

/** The string within the bound and well-formed. */
export function boundedText(text: string): string {
  const wellFormed = text.toWellFormed()
  if (wellFormed.length <= MAX_STRING) return wellFormed
  const hash = createHash('sha256').update(wellFormed).digest('hex')
  const mark = `…[cut: ${text.length} characters, sha256 ${hash}]`
  // A cut inside a surrogate pair would leave half a character.
  return wellFormed.slice(0, MAX_STRING - mark.length).toWellFormed() + mark
}

function convert(value: unknown, depth: number, ancestors: Set<object>): unknown {
  switch (typeof value) {
    case 'string':
      return boundedText(value)
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'boolean':
      return value
    case 'bigint':
      return `${value}n`
    case 'object':
      break
    default:
      return undefined
  }
  if (value === null) return null
  if (ancestors.has(value)) return '[circular]'
  if (depth >= MAX_DEPTH) return '[depth limit]'
  ancestors.add(value)
  try {
    return convertObject(value, depth, ancestors)
  } catch (error) {
    return threw(error)
  } finally {
    ancestors.delete(value)
  }
}

function convertObject(value: object, depth: number, ancestors: Set<object>): unknown {
  const inner = (item: unknown): unknown => convert(item, depth + 1, ancestors)
  if (Array.isArray(value)) return Array.from(value, (item) => inner(item) ?? null)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (value instanceof Error) {
    const { name, message, stack, cause } = value
    return inner({ ...value, name, message, stack, cause })
  }
  if (value instanceof Map)
    return Array.from(value, ([key, item]) => [inner(key) ?? null, inner(item) ?? null])
  if (value instanceof Set) return Array.from(value, (item) => inner(item) ?? null)
  if (ArrayBuffer.isView(value)) return `[${value.constructor.name}: ${value.byteLength} bytes]`
  if ('toJSON' in value && typeof value.toJSON === 'function') return inner(value.toJSON())
  // Without a prototype an own key `__proto__` is a key like any other.
  const copy: Record<string, unknown> = Object.create(null)
  for (const key of Object.keys(value)) {
    try {
      const item = isSecretKey(key) ? REDACTED : inner(Reflect.get(value, key))
      if (item !== undefined) copy[key.toWellFormed()] = item
    } catch (error) {
      copy[key.toWellFormed()] = threw(error)
    }
  }
  return copy
}

function threw(error: unknown): string {
  return `[threw: ${error instanceof Error ? boundedText(error.message) : 'a value that is no Error'}]`
}
