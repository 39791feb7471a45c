/** The error for a name or value that is none of the known ones, with those it was perhaps meant to be. */
import { type ErrorCode, invalid, shownText, type ValidationError } from '../errors.js'

/** Entries say `user_id` where stats say `user`. */
export function fieldless(name: string): string {
  return name.replace(/_id$/, '')
}

/** Says the nearest, and all that are known where none is near. */
export function unknownName(
  operation: string,
  code: ErrorCode,
  field: string,
  name: string,
  nearest: readonly string[],
  known: readonly string[] = [],
): ValidationError {
  const shown = JSON.stringify(shownText(name, 60))
  const all = known.length === 0 ? '' : `; known are ${known.join(', ')}`
  const meant = nearest.length === 0 ? all : `; did you mean ${nearest.join(', ')}?`
  return invalid(operation, code, field, `is not known: ${shown}${meant}`)
}
