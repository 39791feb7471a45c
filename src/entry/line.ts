/** A record to the one line that goes into a file. */
import { invalid, type ValidationError } from '../errors.js'
import { toBoundedJson } from './plain-copy.js'
import { isPlainJson, MAX_TEXT } from './plain-json.js'
import { redactText } from './redact.js'

/** One line may hold this many characters; readers are built for it (docs/journal-format.md). */
export const MAX_LINE = MAX_TEXT

/** Legal in JSON strings, but taken for line ends by readers that follow Unicode. */
const UNICODE_LINE_END = /[\u0085\u2028\u2029]/g

/**
 * The record as one line of JSON with its `\n`: well-formed, secrets redacted, no character inside that any reader
 * takes for a line end. Throws ValidationError ENTRY_TOO_LARGE past MAX_LINE; never anything else.
 */
export function toLine(record: object, operation: string): string {
  let json: string
  try {
    json = JSON.stringify(isPlainJson(record) ? record : boundedCopy(record, operation))
  } catch {
    // A getter or proxy may answer once and throw the second time.
    json = JSON.stringify(boundedCopy(record, operation))
  }
  json = redactText(json).replace(UNICODE_LINE_END, escapeCharacter)
  if (json.length > MAX_LINE) {
    throw tooLarge(operation, `its line would hold ${json.length} characters`)
  }
  return `${json}\n`
}

/** What JSON can carry of the value, of its own. Throws ValidationError ENTRY_TOO_LARGE. */
export function boundedCopy<T>(value: T, operation: string): T {
  try {
    // The shape stays; only what JSON has no form for becomes text.
    return toBoundedJson(value) as T
  } catch (error) {
    throw tooLarge(operation, error instanceof Error ? error.message : 'it is too large')
  }
}

function tooLarge(operation: string, message: string): ValidationError {
  return invalid(operation, 'ENTRY_TOO_LARGE', 'entry', message)
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
