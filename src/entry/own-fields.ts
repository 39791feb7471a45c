/** The fields of a caller's object, read once each. */
import { invalid, LedgerlineError, type Problem, ValidationError } from '../errors.js'

export type Fields = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Throws ValidationError INVALID_ENTRY for what is no object. */
export function checkObject(entry: unknown, operation: string): Record<string, unknown> {
  if (isObject(entry)) return entry
  throw invalid(operation, 'INVALID_ENTRY', 'entry', 'is not an object')
}

/** What reading a field threw, as a problem of that field. Our own errors are thrown on. */
export function readingProblem(field: string, error: unknown): Problem {
  if (error instanceof LedgerlineError) throw error
  const reason = error instanceof Error ? error.message : 'no Error'
  return { code: 'INVALID_ENTRY', field, message: `reading it threw: ${reason}` }
}

/** The own fields that are not undefined. Throws ValidationError. */
export function ownFields(entry: unknown, operation: string): Fields {
  const problems: Problem[] = []
  const fields = copyFields(checkObject(entry, operation), problems)
  throwProblems(operation, problems)
  return fields
}

/** The own fields that are not undefined, each read once; what reading them threw is added to `problems`. */
export function copyFields(given: Fields, problems: Problem[]): Fields {
  // Without a prototype, or `__proto__` in a caller's JSON would set it.
  const fields: Record<string, unknown> = Object.create(null)
  for (const name in given) {
    try {
      const value = Object.hasOwn(given, name) ? given[name] : undefined
      if (value !== undefined) fields[name] = value
    } catch (error) {
      problems.push(readingProblem(name, error))
    }
  }
  return fields
}

/**
 * A group of fields that may be asked several times and answers the same: a copy of what is defined. An instance of a
 * class may hold the fields `names` as getters.
 */
export function plainGroup(value: unknown, names: readonly string[]): unknown {
  if (!isObject(value)) return value
  const group: Record<string, unknown> = Object.create(null)
  for (const name of isPlain(value) ? [] : names) group[name] = value[name]
  for (const name of Object.keys(value)) group[name] = value[name]
  return group
}

/** The group itself where each field is read once anyway. */
export function namedGroup(value: Record<string, unknown>, names: readonly string[]): Fields {
  const group = isPlain(value) ? value : plainGroup(value, names)
  return isObject(group) ? group : value
}

/** No class brings fields with it, nor does what somebody hung on all objects. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null) return true
  if (prototype !== Object.prototype) return false
  for (const _ in Object.prototype) return false
  return true
}

export function throwProblems(operation: string, problems: readonly Problem[]): void {
  const [first, ...rest] = problems
  if (first !== undefined) throw new ValidationError(operation, [first, ...rest])
}
