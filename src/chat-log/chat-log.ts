/** The messages of a project's chats: each stored once, however often it is resent. */
import { isId } from '../entry/ids.js'
import { toLine } from '../entry/line.js'
import { boundedText } from '../entry/plain-json.js'
import { formatInstant } from '../entry/timestamp.js'
import { invalid } from '../errors.js'
import type { ProjectJournal } from '../journal/project-journal.js'
import { chainId } from './chain.js'
import { type HistoryMessage, type Message, type MessageInput, ROLES } from './message.js'
import { chatIdsWithFiles, readMessages } from './read-chat.js'
import { completeMessage } from './validate-message.js'

/** What this process knows to be stored of one chat: the line of each message and when it is safe. */
type Stored = Map<string, { readonly line: string; readonly safe: Promise<void> }>

/** Chats whose messages are remembered at once. */
const REMEMBERED_CHATS = 256

export class ChatLog {
  readonly #root: string
  readonly #journal: ProjectJournal
  readonly #chats = new Map<string, Promise<Stored>>()
  #spelling: Map<string, string> | undefined

  constructor(root: string, journal: ProjectJournal) {
    this.#root = root
    this.#journal = journal
  }

  /**
   * Stores the message, or the new state of the one with its id; the same state again writes nothing. Throws
   * ValidationError INVALID_MESSAGE, INVALID_CHAT_ID; FileSystemError LOG_WRITE_ERROR.
   */
  async append(input: MessageInput): Promise<Message> {
    const stored = await this.#stored(input.chat_id)
    const before = typeof input.id === 'string' ? stored.get(input.id) : undefined
    const state: Message | undefined = before === undefined ? undefined : JSON.parse(before.line)
    const message = completeMessage(input, state, Date.now())
    await this.#write(message.chat_id, stored, [message])
    return message
  }

  /** Stores what of the history is not there yet; the ids in order. Throws as append does. */
  async appendHistory(
    projectId: string,
    chatId: string,
    history: readonly HistoryMessage[],
  ): Promise<string[]> {
    const stored = await this.#stored(chatId)
    const now = Date.now()
    let parent: string | null = null
    const messages = history.map((message) => {
      const next = fromHistory(projectId, chatId, parent, message, now)
      parent = next.id
      return next
    })
    await this.#write(
      chatId,
      stored,
      messages.filter(({ id, llm_info }) => {
        const known = stored.get(id)
        if (known === undefined) return true
        // The answer's own record may come after a resend that did not know which request made it.
        return llm_info !== null && llm_info.model !== UNKNOWN_MODEL && known.line.includes(UNKNOWN_INFO)
      }),
    )
    await Promise.all(messages.map(({ id }) => stored.get(id)?.safe))
    return messages.map(({ id }) => id)
  }

  async read(chatId: string): Promise<Message[]> {
    return [...(await readMessages(this.#root, chatId)).values()]
  }

  async #write(chatId: string, stored: Stored, messages: readonly Message[]): Promise<void> {
    const fresh = messages
      .map((message) => ({ id: message.id, line: toLine(message, 'appendMessage') }))
      .filter(({ id, line }) => stored.get(id)?.line !== line)
    if (fresh.length > 0) {
      const safe = this.#journal.appendMessages(chatId, fresh.map(({ line }) => line).join(''))
      const before = fresh.map(({ id }) => [id, stored.get(id)] as const)
      for (const { id, line } of fresh) stored.set(id, { line, safe })
      try {
        await safe
      } catch (error) {
        for (const [id, entry] of before) entry === undefined ? stored.delete(id) : stored.set(id, entry)
        throw error
      }
    }
    await Promise.all(messages.map(({ id }) => stored.get(id)?.safe))
  }

  async #stored(chatId: string): Promise<Stored> {
    this.#checkChatId(chatId)
    const known = this.#chats.get(chatId)
    this.#chats.delete(chatId)
    const stored = known ?? this.#load(chatId)
    this.#chats.set(chatId, stored)
    if (this.#chats.size > REMEMBERED_CHATS) {
      const [oldest] = this.#chats.keys()
      if (oldest !== undefined) this.#chats.delete(oldest)
    }
    return stored
  }

  async #load(chatId: string): Promise<Stored> {
    const messages = await readMessages(this.#root, chatId)
    const safe = Promise.resolve()
    return new Map([...messages].map(([id, message]) => [id, { line: toLine(message, 'readChat'), safe }]))
  }

  /** Ids that differ in case only would share one file where names ignore case. */
  #checkChatId(chatId: string): void {
    if (!isId(chatId)) throw invalid('appendMessage', 'INVALID_CHAT_ID', 'chat_id', 'is not an id')
    this.#spelling ??= new Map([...chatIdsWithFiles(this.#root)].map((id) => [id.toLowerCase(), id]))
    const spelled = this.#spelling.get(chatId.toLowerCase())
    if (spelled !== undefined && spelled !== chatId) {
      throw invalid(
        'appendMessage',
        'INVALID_CHAT_ID',
        'chat_id',
        `differs only in case from the chat ${spelled}`,
      )
    }
    this.#spelling.set(chatId.toLowerCase(), chatId)
  }
}

const UNKNOWN_MODEL = 'unknown'
const UNKNOWN_INFO = `"llm_info":{"model":"${UNKNOWN_MODEL}","request_id":null}`

function fromHistory(
  projectId: string,
  chatId: string,
  parent: string | null,
  message: HistoryMessage,
  now: number,
): Message {
  const { role, llm_info: info } = message
  if (!ROLES.includes(role) || typeof message.content !== 'string') {
    throw invalid('appendMessages', 'INVALID_MESSAGE', 'history', 'holds a message without a role or content')
  }
  const content = boundedText(message.content)
  return {
    id: chainId(chatId, parent, role, content),
    chat_id: chatId,
    project_id: projectId,
    role,
    content,
    status: 'complete',
    created_at: formatInstant(now),
    include_in_context: true,
    is_pinned: false,
    is_aside: false,
    is_discarded: false,
    parent_message_id: parent,
    llm_info: info ?? (role === 'assistant' ? { model: UNKNOWN_MODEL, request_id: null } : null),
  }
}
