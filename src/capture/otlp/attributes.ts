/** The attributes of a span, a resource or an event, as OTLP writes them: a list of keys with values. */
import { isJson, type Json, listOf } from '../json.js'

/** Values within values; what is deeper is left out. */
const MAX_DEPTH = 16

export class Attributes {
  /** Values as they came. A map, so that a key such as `__proto__` is data like any other. */
  readonly #values = new Map<string, unknown>()

  /** Anything that is no list of keys with values is left out; of a key that is given twice the last value counts. */
  constructor(list: unknown) {
    for (const pair of listOf(list)) {
      if (isJson(pair) && typeof pair.key === 'string') this.#values.set(pair.key, pair.value)
    }
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** The plain value; undefined when there is none. */
  value(name: string): unknown {
    return plainValue(this.#values.get(name), 0)
  }

  /** The first that is a text and not empty; a number counts as its digits. */
  text(...names: readonly string[]): string | undefined {
    for (const name of names) {
      const value = this.value(name)
      if (typeof value === 'string' && value !== '') return value
      if (typeof value === 'number' && Number.isFinite(value)) return String(value)
    }
    return undefined
  }

  /** The first that is a finite number, or a text that is one. */
  number(...names: readonly string[]): number | undefined {
    for (const name of names) {
      const value = this.value(name)
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
      if (typeof number === 'number' && Number.isFinite(number)) return number
    }
    return undefined
  }

  /** A list of texts; a single text is a list of one. */
  texts(name: string): readonly string[] {
    const value = this.value(name)
    const list = Array.isArray(value) ? value : [value]
    return list.filter((item): item is string => typeof item === 'string' && item !== '')
  }

  names(): Iterable<string> {
    return this.#values.keys()
  }
}

/** An integer beyond 2^53 stays the text of its digits; bytes are no value here. */
function plainValue(value: unknown, depth: number): unknown {
  if (!isJson(value) || depth > MAX_DEPTH) return undefined
  if (typeof value.stringValue === 'string') return value.stringValue
  if (typeof value.boolValue === 'boolean') return value.boolValue
  if (value.intValue !== undefined) return integer(value.intValue)
  if (value.doubleValue !== undefined) return double(value.doubleValue)
  if (isJson(value.arrayValue)) {
    return listOf(value.arrayValue.values).map((item) => plainValue(item, depth + 1))
  }
  if (isJson(value.kvlistValue)) return plainObject(value.kvlistValue, depth)
  return undefined
}

function plainObject({ values }: Json, depth: number): Json {
  const pairs = listOf(values).flatMap((pair): [string, unknown][] =>
    isJson(pair) && typeof pair.key === 'string' ? [[pair.key, plainValue(pair.value, depth + 1)]] : [],
  )
  // Defines own keys, also `__proto__`; an assignment would not.
  return Object.fromEntries(pairs)
}

const INTEGER = /^-?\d{1,19}$/

function integer(value: unknown): number | string | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined
  if (typeof value !== 'string' || !INTEGER.test(value)) return undefined
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** JSON has no NaN and no infinity: OTLP writes them as texts, which are no numbers here. */
function double(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}
