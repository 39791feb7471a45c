/**
 * A safe copy of any value for the log: secrets replaced, nothing thrown, nothing endless. The copy holds plain
 * objects, arrays and primitives only, so JSON.stringify of it cannot fail either. No I/O.
 */
import { isSecretKey } from './redact-keys.js'
import { REDACTED, redactText } from './redact-text.js'

const MAX_DEPTH = 50
/** Of one value: shared branches are copied each time, which could double at every level. */
const MAX_NODES = 50_000

/** Reads whatever `source` gives for `key`; a getter or a proxy may throw. */
function read(source: object, key: string): unknown {
  try {
    return Reflect.get(source, key)
  } catch {
    return '[Unreadable]'
  }
}

function put(target: Record<string, unknown>, key: string, value: unknown): void {
  // Plain assignment to __proto__ would change the copy's prototype.
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  } else {
    target[key] = value
  }
}

class SafeCopy {
  readonly #isSecret: (name: string) => boolean
  readonly #ancestors = new Set<object>()
  #nodes = 0

  constructor(isSecret: (name: string) => boolean) {
    this.#isSecret = isSecret
  }

  of(value: unknown): unknown {
    switch (typeof value) {
      case 'string':
        return redactText(value)
      case 'bigint':
        return value.toString()
      case 'symbol':
        return redactText(value.toString())
      case 'function':
        return '[Function]'
      case 'object':
        return value === null ? null : this.#object(value)
      default:
        return value
    }
  }

  /** The value of a named field: the name alone may make it a secret. An absent secret is worth knowing. */
  field(name: string, value: unknown): unknown {
    const holds = value !== undefined && value !== null && value !== '' && typeof value !== 'boolean'
    return holds && this.#isSecret(name) ? REDACTED : this.of(value)
  }

  #object(value: object): unknown {
    if (this.#ancestors.has(value)) return '[Circular]'
    if (this.#ancestors.size >= MAX_DEPTH) return '[Too deep]'
    if (++this.#nodes > MAX_NODES) return '[Too large]'
    this.#ancestors.add(value)
    try {
      return this.#parts(value)
    } catch {
      return '[Unreadable]'
    } finally {
      this.#ancestors.delete(value)
    }
  }

  #parts(value: object): unknown {
    if (Array.isArray(value)) return this.#list(value)
    if (value instanceof Error) return this.#error(value)
    if (value instanceof Map || value instanceof Headers) return this.#pairs(value)
    if (value instanceof Set) return this.#list(value)
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
    if (value instanceof RegExp || value instanceof URL) return redactText(String(value))
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[Bytes: ${value.byteLength}]`
    const toJSON = read(value, 'toJSON')
    if (typeof toJSON === 'function') {
      const json: unknown = toJSON.call(value)
      if (json !== value) return this.of(json)
    }
    const copy: Record<string, unknown> = {}
    for (const key of Object.keys(value)) put(copy, redactText(key), this.field(key, read(value, key)))
    return copy
  }

  #list(values: Iterable<unknown>): unknown[] {
    const copy: unknown[] = []
    for (const value of values) {
      if (++this.#nodes > MAX_NODES) {
        copy.push('[Too large]')
        break
      }
      copy.push(this.of(value))
    }
    return copy
  }

  #pairs(pairs: Iterable<readonly [unknown, unknown]>): Record<string, unknown> {
    const copy: Record<string, unknown> = {}
    for (const [key, value] of pairs) {
      const name = typeof key === 'object' || typeof key === 'function' ? '[Object]' : String(key)
      put(copy, redactText(name), this.field(name, value))
    }
    return copy
  }

  #error(error: Error): Record<string, unknown> {
    const copy: Record<string, unknown> = {}
    for (const key of ['name', 'message', 'stack', 'code', 'cause']) {
      const value = read(error, key)
      if (value !== undefined) copy[key] = this.of(value)
    }
    return copy
  }
}

/**
 * A copy of the value in which whatever stands under a secret's name is `[REDACTED]` and every string went through
 * redactText. Cycles, throwing getters, 50 levels and more, Map, Set and Error are safe. `isSecret` tells by the name.
 */
export function redactDeep(value: unknown, isSecret: (name: string) => boolean = isSecretKey): unknown {
  return new SafeCopy(isSecret).of(value)
}
