/** The identity of a message that came without one: its place in the conversation and its content. */
import { hash } from 'node:crypto'
import { boundedText } from '../entry/plain-copy.js'
import { redactText } from '../entry/redact.js'
import type { HistoryMessage, Role } from './message.js'

/**
 * The JSON of a content as it is in the file: an id that is made of a secret would tell who guesses it. Redacted as the
 * text that was said, and as the JSON that is written.
 */
export function contentText(given: string): string {
  return redactText(JSON.stringify(redactText(boundedText(given))))
}

/**
 * The same history gives the same ids, in every process; two equal messages at different places get different ones.
 * A UUID version 8 (RFC 9562, section 5.8) of the SHA-256 of the JSON of chat, parent, role and content. `text` is that of
 * contentText.
 */
export function chainId(chatId: string, parentId: string | null, role: Role, text: string): string {
  const parent = parentId === null ? 'null' : `"${parentId}"`
  const hex = hash('sha256', `["${chatId}",${parent},"${role}",${text}]`)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** A message at its place. */
export interface Link {
  readonly id: string
  readonly parent: string | null
  readonly role: Role
  readonly given: string
}

/** Characters that are remembered of a chat, and of all chats of this process. */
const MAX_CHARACTERS = 64 * 1024
const MAX_OF_ALL = 8 * 1024 * 1024
/** How many characters each chain remembers, the one that was used least lately first. */
const remembered = new Map<Chain, number>()
let ofAll = 0

/** The conversation of a chat as it was sent last: the next request sends mostly the same again, and more. */
export class Chain {
  readonly #chatId: string
  #links: readonly Link[] = []

  constructor(chatId: string) {
    this.#chatId = chatId
  }

  /**
   * The messages at their places behind `after`, null where they begin the conversation. What had to be made of new ones,
   * their contentText by id, is added to `texts`.
   */
  follow(
    after: string | null,
    history: readonly HistoryMessage[],
    texts: Map<string, string> = new Map(),
  ): Link[] {
    const before = after === null ? [] : this.#upTo(after)
    const links: Link[] = []
    let parent = after
    for (const { role, content: given } of history) {
      const known = this.#links[before.length + links.length]
      const isKnown = known?.parent === parent && known.role === role && known.given === given
      const link = isKnown ? known : this.#link(parent, role, given, texts)
      links.push(link)
      parent = link.id
    }
    if (after === null || before.length > 0) this.#remember([...before, ...links])
    return links
  }

  #link(parent: string | null, role: Role, given: string, texts: Map<string, string>): Link {
    const text = contentText(given)
    const id = chainId(this.#chatId, parent, role, text)
    texts.set(id, text)
    return { id, parent, role, given }
  }

  /** Empty when the message is not remembered. */
  #upTo(id: string): readonly Link[] {
    return this.#links.slice(0, this.#links.findIndex((link) => link.id === id) + 1)
  }

  /** As much of the beginning as there is room for; chats that were not used for longest make room. */
  #remember(links: readonly Link[]): void {
    let characters = 0
    const isWithin = ({ given }: Link): boolean => {
      if (characters + given.length > MAX_CHARACTERS) return false
      characters += given.length
      return true
    }
    const end = links.findIndex((link) => !isWithin(link))
    this.#forget()
    this.#links = end < 0 ? links : links.slice(0, end)
    remembered.set(this, characters)
    ofAll += characters
    for (const chain of remembered.keys()) {
      if (ofAll <= MAX_OF_ALL) break
      chain.#forget()
    }
  }

  #forget(): void {
    this.#links = []
    ofAll -= remembered.get(this) ?? 0
    remembered.delete(this)
  }
}
