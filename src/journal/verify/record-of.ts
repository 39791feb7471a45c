/** What a line of each journal must be. Requests are parse-entry's. */
import { isUtf8 } from 'node:buffer'
import type { LoggedEntry } from '../../entry/entry.js'
import { parseEntry } from '../parse-entry.js'
import { CHATS, EVENTS, REQUESTS } from '../project-journal.js'

/** The messages of all chats; beside the three journals, whose names are those of their files. */
export const MESSAGES = 'messages'

export type LineOwner = typeof REQUESTS | typeof EVENTS | typeof CHATS | typeof MESSAGES

/** As `ROLES` of the chat log, which the journal does not know. */
export const MESSAGE_ROLES: readonly unknown[] = ['system', 'user', 'assistant', 'tool']
const isRole = (role: unknown): boolean => MESSAGE_ROLES.includes(role)

/** The record of a line, undefined when it is none: what the readers of the journal pass over. */
export type ReadRecord = (text: string) => object | undefined

export const RECORD_OF: Readonly<Record<LineOwner, ReadRecord>> = {
  [REQUESTS]: parseEntry,
  [EVENTS]: (text) => recordWith(text, ['id', 'event_type', 'timestamp']),
  [CHATS]: (text) => recordWith(text, ['id', 'project_id', 'name', 'created_at', 'updated_at']),
  [MESSAGES](text) {
    const message = recordWith(text, ['id', 'role', 'content'])
    return message !== undefined && 'role' in message && isRole(message.role) ? message : undefined
  },
}

/** Undefined also for bytes that are no UTF-8. */
export function readBytes<T extends object>(
  bytes: Buffer,
  read: (text: string) => T | undefined,
): T | undefined {
  return isUtf8(bytes) ? read(bytes.toString('utf8')) : undefined
}

export function isRequest(record: object): record is LoggedEntry {
  return 'status' in record && 'timestamp_start' in record
}

export function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09)
}

function recordWith(text: string, names: readonly string[]): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const fields = new Map<string, unknown>(Object.entries(value))
    return names.every((name) => typeof fields.get(name) === 'string') ? value : undefined
  } catch {
    return undefined
  }
}
