/** Numbers of an object that a provider sent, or somebody in its name: nothing about it is sure. */

export type Fields = Readonly<Record<string, unknown>>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The first of the named fields that is an object, else an empty one. */
export function fieldsOf(source: Fields, ...names: readonly string[]): Fields {
  for (const name of names) {
    const value = source[name]
    if (isFields(value)) return value
  }
  return {}
}

/** The objects of the first of the named fields that is a list. */
export function rowsOf(source: Fields, ...names: readonly string[]): readonly Fields[] {
  for (const name of names) {
    const value = source[name]
    if (Array.isArray(value)) return value.filter(isFields)
  }
  return []
}

/** Reads counts and remembers which fields of ours got a number that could not be true. */
export class CountReader {
  /** Names in our terms. */
  readonly repaired = new Set<string>()

  /** Tokens, for the field `as`: the first of the names that holds anything. */
  count(as: string, source: Fields, ...names: readonly string[]): number | undefined {
    for (const name of names) {
      const value = source[name]
      if (value === undefined || value === null) continue
      const count = toCount(value)
      if (count !== value) this.repaired.add(as)
      return count
    }
    return undefined
  }
}

/** A non-negative safe integer: text is read, fractions are rounded up, anything else is 0. */
function toCount(value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0) return 0
  const count = Math.ceil(number)
  return Number.isSafeInteger(count) ? count + 0 : 0
}
