/** The fields of a caller's object, read once each. */
import { invalid, type Problem, ValidationError } from '../errors.js'

export type Fields = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Throws ValidationError INVALID_ENTRY for what is no object. */
export function checkObject(entry: unknown, operation: string): Record<string, unknown> {
  if (isObject(entry)) return entry
  throw invalid(operation, 'INVALID_ENTRY', 'entry', 'is not an object')
}

/** The value of an own field, undefined for an inherited one. A getter that throws is a problem of its field. */
export function readField(entry: Fields, name: string, problems: Problem[]): unknown {
  if (!Object.hasOwn(entry, name)) return undefined
  try {
    return entry[name]
  } catch (error) {
    const message = `reading it threw: ${error instanceof Error ? error.message : 'no Error'}`
    problems.push({ code: 'INVALID_ENTRY', field: name, message })
    return undefined
  }
}

/** The own fields that are not undefined. Throws ValidationError. */
export function ownFields(entry: unknown, operation: string): Fields {
  const given = checkObject(entry, operation)
  const problems: Problem[] = []
  // Without a prototype, or `__proto__` in a caller's JSON would set it.
  const fields: Record<string, unknown> = Object.create(null)
  for (const name in given) {
    const value = readField(given, name, problems)
    if (value !== undefined) fields[name] = value
  }
  throwProblems(operation, problems)
  return fields
}

/** A group that answers the same each time: an instance of a class may hold the fields `names` as getters. */
export function plainGroup(value: Record<string, unknown>, names: readonly string[]): Fields {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return value
  const named = names.map((name): [string, unknown] => [name, value[name]])
  return Object.fromEntries([...named, ...Object.entries(value)])
}

export function throwProblems(operation: string, problems: readonly Problem[]): void {
  const [first, ...rest] = problems
  if (first !== undefined) throw new ValidationError(operation, [first, ...rest])
}
