/** A record to the one line that goes into a file. */
import { boundedLine, jsonText } from './json-text.js'

/** The record as one line of JSON with its `\n`. Throws ValidationError ENTRY_TOO_LARGE; never anything else. */
export function toLine(record: object, operation: string): string {
  return boundedLine(`${jsonText(record, operation) ?? '{}'}\n`, operation)
}
