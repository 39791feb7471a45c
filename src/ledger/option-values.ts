/** Options as they are given, in code or as text in the environment, to values. All throw ValidationError INVALID_OPTION. */
import { isObject } from '../entry/own-fields.js'
import { invalid } from '../errors.js'
import type { LedgerOptions } from '../ledger-options.js'

export const OPEN = 'openLedger'

/** Both ends included. */
export interface Range {
  readonly min: number
  readonly max: number
}

export const COUNT: Range = { min: 1, max: Number.MAX_SAFE_INTEGER }

/** The options by name; one that does not exist is refused. `within` is the option that holds them. */
export function knownOptions(
  operation: string,
  given: unknown,
  known: readonly string[],
  within?: string,
): Readonly<Record<string, unknown>> {
  if (!isObject(given)) throw refuse(operation, within ?? 'options', 'is not an object')
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue
    const field = within === undefined ? name : `${within}.${name}`
    throw refuse(operation, field, `is no option; the options are ${known.join(', ')}`)
  }
  return given
}

/** The options of a group by name. */
export function group(
  options: LedgerOptions,
  name: 'rotation' | 'retention' | 'seals' | 'queue',
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  return knownOptions(OPEN, options[name] ?? {}, known, name)
}

/** A variable set to nothing counts as not set. */
export function set(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

export function whole(
  operation: string,
  field: string,
  value: unknown,
  { min, max }: Range,
): number | undefined {
  if (value === undefined) return undefined
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= min && number <= max)
    return number
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`
  throw refuse(operation, field, `is no integer ${range}`)
}

export function switched(field: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value
  if (value === 'true' || value === '1') return true
  if (value === 'false' || value === '0') return false
  throw refuse(OPEN, field, 'is neither true nor false')
}

export function refuse(operation: string, field: string, message: string): Error {
  return invalid(operation, 'INVALID_OPTION', field, message)
}
