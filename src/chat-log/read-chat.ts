/** The messages of a chat, from the files of all processes that wrote it. */
import { lstatSync } from 'node:fs'
import {
  type ClosedChatFile,
  chatPath,
  chatSlots,
  chatsOfSlot,
  closedChatFiles,
  closedChats,
} from '../journal/chat-files.js'
import { foldersTo, refuseLinks } from '../journal/own-folders.js'
import { readLines } from '../journal/read-lines.js'
import { type Message, ROLES } from './message.js'

/** Each list that is in vain needs a rotation, a compression or a deletion of this chat. */
const MAX_LISTS = 100

/**
 * The latest state of each message by `updated_at`, of equals the last read, in the order they were first written.
 * Damaged lines are passed over. Throws as readLines does, PATH_IS_SYMLINK for a folder that is a link as well.
 */
export async function readMessages(root: string, chatId: string): Promise<Map<string, Message>> {
  for (let lists = 1; ; lists++) {
    const closed = closedChatFiles(root, chatId)
    const messages = await readFiles(root, chatId, closed)
    // What was rotated or compressed meanwhile may have been missed under both of its names.
    if (isSame(closed, closedChatFiles(root, chatId)) || lists === MAX_LISTS) return messages
  }
}

async function readFiles(
  root: string,
  chatId: string,
  closed: readonly ClosedChatFile[],
): Promise<Map<string, Message>> {
  const messages = new Map<string, Message>()
  const slots = new Set([...chatSlots(root), ...closed.map(({ slot }) => slot)])
  for (const slot of [...slots].sort((a, b) => a - b)) {
    const paths = closed.flatMap((file) => (file.slot === slot ? [file.path] : []))
    for (const path of [...paths, chatPath(root, chatId, slot)]) {
      refuseLinks(foldersTo(path, root), 'readChat')
      // Of a new chat there is none, and an open that fails costs more than a look.
      if (lstatSync(path, { throwIfNoEntry: false }) === undefined) continue
      for await (const { text } of readLines(path)) {
        const message = text === undefined ? undefined : parseMessage(text)
        if (message === undefined) continue
        const known = messages.get(message.id)
        if (known === undefined || writtenAt(message) >= writtenAt(known)) messages.set(message.id, message)
      }
    }
  }
  if (slots.size === 1) return messages
  return new Map([...messages].sort(([, a], [, b]) => compare(a.created_at, b.created_at)))
}

function isSame(a: readonly ClosedChatFile[], b: readonly ClosedChatFile[]): boolean {
  return a.length === b.length && a.every(({ path }, index) => path === b[index]?.path)
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
  const active = chatSlots(root).flatMap((slot) => chatsOfSlot(root, slot))
  return new Set([...active, ...closedChats(root)])
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
