/** Any value to one that JSON can carry, with nothing thrown, nothing endless and nothing lost without a mark. */
import { createHash } from 'node:crypto'
import { MAX_DEPTH, MAX_NODES, MAX_STRING, MAX_TEXT } from './plain-json.js'
import { isSecretField, isSecretKey, REDACTED, redactText } from './redact.js'

/**
 * A copy that JSON can carry. What JSON has no form for becomes a marked string or object: `[circular]`,
 * `[depth limit]`, `[size limit]`, `[threw: …]`, `123n`, `NaN`; Map becomes a list of pairs, Set a list, Error its own
 * fields with name, message, stack and cause. Strings over MAX_STRING are cut and end in
 * `…[cut: N characters, sha256 H]`; lone surrogates become U+FFFD. `undefined`, functions and symbols are left out, as
 * in JSON.stringify. What stands under the name of a secret (`password`, `x-api-key`) becomes `[REDACTED]`.
 */
export function toPlainJson(value: unknown, isSecret: (name: string) => boolean = isSecretKey): unknown {
  return new PlainCopy(isSecret, Number.POSITIVE_INFINITY).of(value)
}

/** The same, but a value that holds more than MAX_TEXT characters throws TooLarge before it is copied. */
export function toBoundedJson(value: unknown): unknown {
  return new PlainCopy(isSecretKey, MAX_TEXT).of(value)
}

class TooLarge extends Error {}

/** The string within the bound and well-formed. What is cut is redacted first: of a key across the cut the rest would stay. */
export function boundedText(text: string): string {
  const wellFormed = text.toWellFormed()
  if (wellFormed.length <= MAX_STRING) return wellFormed
  const redacted = redactText(wellFormed)
  const hash = createHash('sha256').update(redacted).digest('hex')
  const mark = `…[cut: ${text.length} characters, sha256 ${hash}]`
  // A cut inside a surrogate pair would leave half a character.
  return redacted.slice(0, MAX_STRING - mark.length).toWellFormed() + mark
}

/** Well-formed: in place of a lone surrogate stand U+FFFD and its code, so that two such names stay two. */
export function wellFormedName(name: string): string {
  return name.replace(LONE_SURROGATE, (unit) => `\ufffd${unit.charCodeAt(0).toString(16)}`)
}

const LONE_SURROGATE = /\p{Surrogate}/gu

class PlainCopy {
  readonly #isSecret: (name: string) => boolean
  readonly #ancestors = new Set<object>()
  #nodesLeft = MAX_NODES
  #itemsLeft = MAX_TEXT
  #textLeft: number

  constructor(isSecret: (name: string) => boolean, maxText: number) {
    this.#isSecret = isSecret
    this.#textLeft = maxText
  }

  of(value: unknown): unknown {
    switch (typeof value) {
      case 'string':
        this.#take(Math.min(value.length, MAX_STRING))
        return boundedText(value)
      case 'number':
        return Number.isFinite(value) ? value : String(value)
      case 'boolean':
        return value
      case 'bigint':
        return `${value}n`
      case 'object':
        return value === null ? null : this.#object(value)
      default:
        return undefined
    }
  }

  #object(value: object): unknown {
    if (this.#ancestors.has(value)) return '[circular]'
    if (this.#ancestors.size >= MAX_DEPTH) return '[depth limit]'
    if (--this.#nodesLeft < 0) return '[size limit]'
    this.#ancestors.add(value)
    try {
      return this.#parts(value)
    } catch (error) {
      return threw(error)
    } finally {
      this.#ancestors.delete(value)
    }
  }

  #take(characters: number): void {
    this.#textLeft -= characters
    if (this.#textLeft < 0) throw new TooLarge('the value holds more characters than a line may')
  }

  #parts(value: object): unknown {
    if (Array.isArray(value)) return this.#list(value, value.length)
    if (value instanceof Set) return this.#list(value, value.size)
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
    if (value instanceof Error) {
      const { name, message, stack, cause } = value
      return this.#fields({ ...value, name, message, stack, cause })
    }
    if (value instanceof Map || value instanceof Headers) {
      return Array.from(value, ([key, item]) => [
        this.of(key) ?? null,
        isSecretField(String(key), item, this.#isSecret) ? REDACTED : (this.of(item) ?? null),
      ])
    }
    if (value instanceof RegExp) return String(value)
    if (ArrayBuffer.isView(value)) return `[${value.constructor.name}: ${value.byteLength} bytes]`
    if ('toJSON' in value && typeof value.toJSON === 'function') {
      const json: unknown = value.toJSON()
      return json === value ? this.#fields(value) : this.of(json)
    }
    return this.#fields(value)
  }

  /** Each item is at least a character; a list of nothing but holes costs no memory until it is copied. */
  #list(items: Iterable<unknown>, length: number): unknown {
    this.#take(length)
    if (length > this.#itemsLeft) return '[size limit]'
    this.#itemsLeft -= length
    return Array.from(items, (item) => this.of(item) ?? null)
  }

  #fields(value: object): Record<string, unknown> {
    // Without a prototype an own key `__proto__` is a key like any other.
    const copy: Record<string, unknown> = Object.create(null)
    for (const key of Object.keys(value)) {
      this.#take(key.length)
      const item = this.#field(value, key)
      if (item !== undefined) copy[wellFormedName(key)] = item
    }
    return copy
  }

  #field(value: object, key: string): unknown {
    try {
      const item: unknown = Reflect.get(value, key)
      return isSecretField(key, item, this.#isSecret) ? REDACTED : this.of(item)
    } catch (error) {
      return threw(error)
    }
  }
}

function threw(error: unknown): string {
  if (error instanceof TooLarge) throw error
  return `[threw: ${error instanceof Error ? boundedText(error.message) : 'a value that is no Error'}]`
}
