/** A body may repeat an id of the path; it may not contradict it. */
import { invalid } from '../errors.js'

const CODES = { project_id: 'INVALID_PROJECT_ID', chat_id: 'INVALID_CHAT_ID' } as const

/** Throws a ValidationError when the body has the field with another value than the path. */
export function requireSame(
  operation: string,
  field: keyof typeof CODES,
  inPath: string,
  body: object,
): void {
  const inBody: unknown = Object.hasOwn(body, field) ? Reflect.get(body, field) : undefined
  if (inBody !== undefined && inBody !== inPath) {
    throw invalid(operation, CODES[field], field, 'differs from the one in the path')
  }
}
