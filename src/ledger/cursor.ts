/** Where a page of entries ended: the last one's start and id. */
import type { LoggedEntry } from '../entry/entry.js'
import { parseInstant } from '../entry/timestamp.js'
import { invalid } from '../errors.js'

export interface Position {
  readonly ms: number
  readonly id: string
}

export function formatCursor(last: LoggedEntry): string {
  return Buffer.from(`${parseInstant(last.timestamp_start)} ${last.id}`).toString('base64url')
}

/** Throws ValidationError INVALID_CURSOR. */
export function parseCursor(cursor: string, operation: string): Position {
  const match = /^(-?\d{1,15}) (.+)$/s.exec(Buffer.from(String(cursor), 'base64url').toString('utf8'))
  if (match?.[1] === undefined || match[2] === undefined) {
    throw invalid(operation, 'INVALID_CURSOR', 'cursor', 'is no cursor of a page')
  }
  return { ms: Number(match[1]), id: match[2] }
}
