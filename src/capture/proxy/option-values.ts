/** Options as they were given, to values. All throw ValidationError INVALID_OPTION. */
import { isId } from '../../entry/ids.js'
import { invalid } from '../../errors.js'
import { isJson, type Json } from '../json.js'

/** The options by name; one that does not exist is refused. */
export function known(value: unknown, field: string, names: readonly string[]): Json {
  if (!isJson(value)) throw refuse(field, 'is not an object')
  for (const name of Object.keys(value)) {
    if (!names.includes(name)) {
      throw refuse(`${field}.${name}`, `is no option; the options are ${names.join(', ')}`)
    }
  }
  return value
}

export function idOrNone(field: string, value: unknown): string | undefined {
  if (value === undefined || isId(value)) return value
  throw refuse(field, 'is no id')
}

/** What may be an id or a slug: whether there is such a project is asked later. */
export function projectOrNone(field: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && value !== '' && value.length <= 200)) return value
  throw refuse(field, 'is no id or slug of a project')
}

/** An integer from 1. */
export function wholeOrNone(field: string, value: unknown, max: number): number | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= max) return value
  const range = max === Number.MAX_SAFE_INTEGER ? 'from 1' : `from 1 to ${max}`
  throw refuse(field, `is no integer ${range}`)
}

export function refuse(field: string, message: string): Error {
  return invalid('serve', 'INVALID_OPTION', field, message)
}
