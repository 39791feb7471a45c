/** The messages of a project's chats: each stored once, however often it is resent. */
import { isId } from '../entry/ids.js'
import { formatInstant } from '../entry/timestamp.js'
import { invalid } from '../errors.js'
import type { ProjectJournal } from '../journal/project-journal.js'
import { Chain, contentText } from './chain.js'
import {
  type HistoryMessage,
  type HistoryOptions,
  type Message,
  type MessageInput,
  ROLES,
} from './message.js'
import { hasAuthor, historyLine, isSameState, lineOf, type MessageLine } from './message-line.js'
import { chatIdsWithFiles, readMessages } from './read-chat.js'
import { completeMessage } from './validate-message.js'

interface StoredMessage {
  /** The request that made it is known. */
  readonly hasAuthor: boolean
  /** Undefined once it is safe. */
  readonly safe: Promise<void> | undefined
}

const AUTHORED: StoredMessage = { hasAuthor: true, safe: undefined }
const ANONYMOUS: StoredMessage = { hasAuthor: false, safe: undefined }

/** What this process knows to be stored of one chat: its messages by their ids. */
interface Stored {
  readonly messages: Map<string, StoredMessage>
  readonly chain: Chain
}

/** Chats whose messages are remembered at once. */
const REMEMBERED_CHATS = 256

export class ChatLog {
  readonly #root: string
  readonly #journal: ProjectJournal
  /** A promise while it is read. */
  readonly #chats = new Map<string, Stored | Promise<Stored>>()
  /** The last change of a message that is under way, by its id. */
  readonly #changes = new Map<string, Promise<unknown>>()
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
    const { id } = input
    if (id === undefined) return this.#appendState(stored, input, undefined)
    // One behind another, so that a change sees the one before; read from the files, for it may be another process's.
    const before = this.#changes.get(id)?.catch(() => undefined)
    const change = Promise.resolve(before).then(async () => {
      const known = await readMessages(this.#root, input.chat_id)
      return this.#appendState(stored, input, known.get(id))
    })
    this.#changes.set(id, change)
    try {
      return await change
    } finally {
      if (this.#changes.get(id) === change) this.#changes.delete(id)
    }
  }

  async #appendState(stored: Stored, input: MessageInput, before: Message | undefined): Promise<Message> {
    const message = completeMessage(input, before, Date.now())
    if (before !== undefined && isSameState(before, message)) return before
    const line = lineOf(message)
    await this.#write(input.chat_id, stored, [line])
    // As it is in the file: without credentials.
    return JSON.parse(line.line)
  }

  /** Stores what of the history is not there yet; the ids in order. Throws as append does. */
  async appendHistory(
    projectId: string,
    chatId: string,
    history: readonly HistoryMessage[],
    { after, mayWait = false }: HistoryOptions = {},
  ): Promise<string[]> {
    if (after !== undefined && !isId(after)) {
      throw invalid('appendMessages', 'INVALID_MESSAGE', 'after', 'is not an id')
    }
    const found = this.#stored(chatId)
    // What needs no look at the disk is in the queue when this returns.
    const stored = found instanceof Promise ? await found : found
    const texts = new Map<string, string>()
    const links = stored.chain.follow(after ?? null, history.map(checked), texts)
    const now = formatInstant(Date.now())
    const place = { projectId, chatId }
    const lines = links.flatMap((link, at) => {
      const info = history[at]?.llm_info
      const known = stored.messages.get(link.id)
      // The answer's own record may come after a resend that did not know which request made it.
      if (known !== undefined && (known.hasAuthor || !hasAuthor(info))) return []
      return [historyLine(place, link, texts.get(link.id) ?? contentText(link.given), info, now)]
    })
    await this.#write(chatId, stored, lines, mayWait)
    // Others may have written some of them just now.
    const unsafe = links.flatMap(({ id }) => stored.messages.get(id)?.safe ?? [])
    if (unsafe.length > 0) await Promise.all(unsafe)
    return links.map(({ id }) => id)
  }

  async read(chatId: string): Promise<Message[]> {
    return [...(await readMessages(this.#root, chatId)).values()]
  }

  async #write(
    chatId: string,
    stored: Stored,
    lines: readonly MessageLine[],
    mayWait = false,
  ): Promise<void> {
    if (lines.length === 0) return
    const safe = this.#journal.appendMessages(chatId, lines.map(({ line }) => line).join(''), mayWait)
    const before = lines.map(({ id }) => [id, stored.messages.get(id)] as const)
    for (const { id, hasAuthor } of lines) stored.messages.set(id, { hasAuthor, safe })
    try {
      await safe
    } catch (error) {
      for (const [id, entry] of before) {
        // A later call may have written it meanwhile.
        if (stored.messages.get(id)?.safe !== safe) continue
        if (entry === undefined) stored.messages.delete(id)
        else stored.messages.set(id, entry)
      }
      throw error
    }
    for (const { id, hasAuthor } of lines) {
      if (stored.messages.get(id)?.safe === safe) stored.messages.set(id, hasAuthor ? AUTHORED : ANONYMOUS)
    }
    this.#spelling?.set(chatId.toLowerCase(), chatId)
  }

  /** Throws ValidationError INVALID_CHAT_ID. */
  #stored(chatId: string): Stored | Promise<Stored> {
    this.#checkChatId(chatId)
    const known = this.#chats.get(chatId)
    // Inserted anew, so that the map's order is that of the last use.
    this.#chats.delete(chatId)
    const stored = known ?? this.#load(chatId)
    this.#chats.set(chatId, stored)
    if (this.#chats.size > REMEMBERED_CHATS) {
      const [oldest] = this.#chats.keys()
      if (oldest !== undefined) this.#chats.delete(oldest)
    }
    return stored
  }

  #load(chatId: string): Promise<Stored> {
    const loading = this.#read(chatId).then(
      (stored) => {
        if (this.#chats.get(chatId) === loading) this.#chats.set(chatId, stored)
        return stored
      },
      (error: unknown) => {
        // The next call looks again: the cause may be gone by then.
        if (this.#chats.get(chatId) === loading) this.#chats.delete(chatId)
        throw error
      },
    )
    return loading
  }

  async #read(chatId: string): Promise<Stored> {
    const read = await readMessages(this.#root, chatId)
    const messages = [...read.values()].map(
      ({ id, llm_info }) => [id, hasAuthor(llm_info) ? AUTHORED : ANONYMOUS] as const,
    )
    return { messages: new Map(messages), chain: new Chain(chatId) }
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
  }
}

/** Throws ValidationError INVALID_MESSAGE. */
function checked(message: HistoryMessage): HistoryMessage {
  const { role, content } = message
  if (ROLES.includes(role) && typeof content === 'string') return message
  throw invalid('appendMessages', 'INVALID_MESSAGE', 'history', 'holds a message without a role or content')
}
