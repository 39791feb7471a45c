/** The messages of a chat, from the files of all processes that wrote it. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { CHATS_DIR, chatPath } from '../journal/project-journal.js'
import { readLines } from '../journal/read-lines.js'
import { type Message, ROLES } from './message.js'

/**
 * The latest state of each message by `updated_at`, of equals the last read, in the order they were first written.
 * Damaged lines are passed over. Throws as readLines does.
 */
export async function readMessages(root: string, chatId: string): Promise<Map<string, Message>> {
  const messages = new Map<string, Message>()
  const slots = slotsOf(root)
  for (const slot of slots) {
    for await (const { text } of readLines(chatPath(root, chatId, slot))) {
      const message = text === undefined ? undefined : parseMessage(text)
      if (message === undefined) continue
      const known = messages.get(message.id)
      if (known === undefined || writtenAt(message) >= writtenAt(known)) messages.set(message.id, message)
    }
  }
  if (slots.length === 1) return messages
  return new Map([...messages].sort(([, a], [, b]) => compare(a.created_at, b.created_at)))
}

/** ISO 8601 UTC with milliseconds sorts as text; nothing is before everything. */
function writtenAt(message: Message): string {
  return message.updated_at ?? ''
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** Ids of the chats that have a file. */
export function chatIdsWithFiles(root: string): Set<string> {
  const ids = new Set<string>()
  for (const slot of slotsOf(root)) {
    for (const name of namesIn(join(chatPath(root, 'x', slot), '..'))) {
      if (name.endsWith('.jsonl')) ids.add(name.slice(0, -'.jsonl'.length))
    }
  }
  return ids
}

function slotsOf(root: string): number[] {
  const others = namesIn(join(root, CHATS_DIR, '.slots'))
    .map(Number)
    .filter(Number.isSafeInteger)
  return [0, ...others.sort((a, b) => a - b)]
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir)
  } catch {
    return []
  }
}

function parseMessage(text: string): Message | undefined {
  try {
    const value = JSON.parse(text)
    const isMessage =
      typeof value?.id === 'string' &&
      typeof value.content === 'string' &&
      ROLES.some((role) => role === value.role)
    return isMessage ? value : undefined
  } catch {
    return undefined
  }
}
