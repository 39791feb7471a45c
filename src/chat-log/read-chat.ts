/** The messages of a chat, from the files of all processes that wrote it. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { CHATS_DIR, chatPath } from '../journal/project-journal.js'
import { readLines } from '../journal/read-lines.js'
import { type Message, ROLES } from './message.js'

/** The latest state of each message, in the order they were first written. Damaged lines are passed over. */
export async function readMessages(root: string, chatId: string): Promise<Map<string, Message>> {
  const messages = new Map<string, Message>()
  const slots = slotsOf(root)
  for (const slot of slots) {
    for await (const { text } of readLines(chatPath(root, chatId, slot))) {
      const message = text === undefined ? undefined : parseMessage(text)
      if (message !== undefined) messages.set(message.id, message)
    }
  }
  if (slots.length === 1) return messages
  return new Map(
    [...messages].sort(([, a], [, b]) =>
      a.created_at < b.created_at ? -1 : Number(a.created_at > b.created_at),
    ),
  )
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
