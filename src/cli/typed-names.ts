/** The library names its options in camelCase; who typed the command line knows them by their flags. */
import { type Problem, ValidationError } from '../index.js'

const FLAGS: ReadonlyMap<string, string> = new Map([
  ['fromDate', '--from'],
  ['toDate', '--to'],
  ['timezone', '--timezone'],
  ['weekStart', '--week-start'],
  ['groupBy', '--group-by'],
  ['defaultModel', '--default-model'],
  ['filter', '--filter'],
  ['chatId', '--chat'],
  ['publicKey', '--public-key'],
  ['host', '--host'],
  ['port', '--port'],
  ['upstreamsFile', '--upstreams'],
])

/** The same error with the flags for names; anything that is no ValidationError as it is. */
export function withTypedNames(error: unknown): unknown {
  if (!(error instanceof ValidationError)) return error
  const [first, ...rest] = error.problems.map(typed)
  return first === undefined ? error : new ValidationError(error.operation, [first, ...rest])
}

function typed({ code, field, message }: Problem): Problem {
  return {
    code,
    field: typedField(field),
    // Messages of other codes may repeat what was typed, which stays as it is.
    message: code === 'INVALID_DATE' ? message.replace(/\b(?:from|to)Date\b/g, flagOf) : message,
  }
}

/** `filter.status` was typed as `--filter status=...`. */
function typedField(field: string): string {
  return FLAGS.get(field) ?? field.replace(/^filter\./, '--filter ')
}

function flagOf(name: string): string {
  return FLAGS.get(name) ?? name
}
