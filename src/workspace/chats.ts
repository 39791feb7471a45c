/** The chats of a project: `logs/chats.jsonl`, one line a state, the latest of an id counts. */
import { randomUUID } from 'node:crypto'
import { isId } from '../entry/ids.js'
import { toLine } from '../entry/line.js'
import { redactText } from '../entry/redact.js'
import { formatInstant } from '../entry/timestamp.js'
import { type Problem, ValidationError } from '../errors.js'
import { CHATS, CHATS_DIR } from '../journal/project-journal.js'
import { readLines } from '../journal/read-lines.js'
import { takeSnapshot } from '../journal/snapshot.js'
import { CHAT_STATUSES, type Chat, type ChatInput } from './chat.js'

const MAX_NAME = 200

/** A new chat. Throws ValidationError INVALID_NAME, INVALID_CHAT_ID. */
export function newChat(input: ChatInput, existing: ReadonlyMap<string, Chat>): Chat {
  const id = input.id ?? randomUUID()
  const problems: Problem[] = []
  if (typeof input.name !== 'string' || input.name.length < 1 || input.name.length > MAX_NAME) {
    problems.push({ code: 'INVALID_NAME', field: 'name', message: 'is not 1-200 characters' })
  }
  for (const [field, value] of [
    ['id', id],
    ['forkedFromChatId', input.forkedFromChatId],
    ['forkedAtMessageId', input.forkedAtMessageId],
  ] as const) {
    if (value !== undefined && !isId(value)) {
      problems.push({ code: 'INVALID_CHAT_ID', field, message: 'is not an id' })
    }
  }
  const twin = problems.length === 0 && input.id !== undefined && findTwin(id, existing)
  if (twin) problems.push({ code: 'INVALID_CHAT_ID', field: 'id', message: `is taken by the chat ${twin}` })
  const [first, ...others] = problems
  if (first !== undefined) throw new ValidationError('createChat', [first, ...others])
  const now = formatInstant(Date.now())
  return {
    id,
    projectId: input.projectId,
    // As it will be in the file: this chat is answered and remembered.
    name: redactText(input.name),
    status: 'active',
    createdAt: now,
    updatedAt: now,
    forkedFromChatId: input.forkedFromChatId ?? null,
    forkedAtMessageId: input.forkedAtMessageId ?? null,
    storagePath: `${CHATS_DIR}/${id}.jsonl`,
  }
}

/** Ids that differ in case only would share one file where names ignore case. */
function findTwin(id: string, existing: ReadonlyMap<string, Chat>): string | undefined {
  return [...existing.keys()].find((other) => other.toLowerCase() === id.toLowerCase())
}

export function chatLine(chat: Chat): string {
  return toLine(
    {
      id: chat.id,
      project_id: chat.projectId,
      name: chat.name,
      status: chat.status,
      created_at: chat.createdAt,
      updated_at: chat.updatedAt,
      forked_from_chat_id: chat.forkedFromChatId,
      forked_at_message_id: chat.forkedAtMessageId,
      storage_path: chat.storagePath,
    },
    'createChat',
  )
}

/** All chats by id, in order of creation. Damaged lines are passed over. */
export async function readChats(logsDir: string): Promise<Map<string, Chat>> {
  const chats: Chat[] = []
  using snapshot = takeSnapshot(logsDir, CHATS)
  for (const file of snapshot.files) {
    for await (const { text } of readLines(file)) {
      const chat = text === undefined ? undefined : parseChat(text)
      if (chat !== undefined) chats.push(chat)
    }
  }
  chats.sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : a.updatedAt > b.updatedAt ? 1 : 0))
  return new Map(chats.map((chat) => [chat.id, chat]))
}

function parseChat(text: string): Chat | undefined {
  try {
    const file = JSON.parse(text)
    const { id, project_id: projectId, name, created_at: createdAt, updated_at: updatedAt } = file
    if (![id, projectId, name, createdAt, updatedAt].every((value) => typeof value === 'string'))
      return undefined
    const orNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)
    return {
      id,
      projectId,
      name,
      status: CHAT_STATUSES.find((status) => status === file.status) ?? 'active',
      createdAt,
      updatedAt,
      forkedFromChatId: orNull(file.forked_from_chat_id),
      forkedAtMessageId: orNull(file.forked_at_message_id),
      storagePath: `${CHATS_DIR}/${id}.jsonl`,
    }
  } catch {
    return undefined
  }
}
