/** A line of a file to the entry it holds. */
import { type LoggedEntry, STATUSES } from '../entry/entry.js'
import { parseInstant } from '../entry/timestamp.js'

/**
 * The entry of a line, undefined when it is damaged: no JSON object with a string `id`, a known `status` and a valid
 * `timestamp_start`. The fields of an entry that other programs wrote may have any type.
 */
export function parseEntry(text: string): LoggedEntry | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  return isEntry(value) ? value : undefined
}

function isEntry(value: unknown): value is LoggedEntry {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('status' in value)) return false
  return (
    typeof value.id === 'string' &&
    STATUSES.some((status) => status === value.status) &&
    'timestamp_start' in value &&
    parseInstant(value.timestamp_start) !== undefined
  )
}
