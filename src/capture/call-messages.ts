/** The messages of one captured call: its history, and its answer behind it. */
import type { HistoryMessage, LLMInfo } from '../chat-log/message.js'
import type { LLMRequestLogEntry, Usage } from '../entry/entry.js'
import { type CallEnd, type CaptureOptions, reportCaptureError } from './capture.js'
import type { Privacy } from './privacy/privacy.js'

/** Where the messages of a call belong. */
export type CallPlace = Pick<LLMRequestLogEntry, 'project_id' | 'chat_id'>

/** The request that made an answer. */
export type Author = Omit<LLMInfo, 'usage'>

/** Nothing here rejects; what goes wrong is reported to the ledger. */
export class CallMessages {
  readonly #options: CaptureOptions
  readonly #privacy: Privacy
  /** Undefined where no messages are kept. */
  readonly #place: CallPlace | undefined
  readonly #history: readonly HistoryMessage[]
  #ids: Promise<readonly string[]> = NONE
  /** The id of the message before the answer, once it is known. */
  #last: string | undefined

  /** `place` is undefined when the options could not say it. */
  constructor(
    options: CaptureOptions,
    privacy: Privacy,
    place: CallPlace | undefined,
    history: readonly HistoryMessage[],
  ) {
    this.#options = options
    this.#privacy = privacy
    if (place !== undefined && options.messages !== false) {
      this.#place = { project_id: place.project_id, chat_id: place.chat_id }
    }
    this.#history = history
  }

  /** Stores the history; its ids, none when it is not kept. */
  async keepHistory(): Promise<readonly string[]> {
    this.#ids = this.#append(this.#history)
    const ids = await this.#ids
    this.#last = ids.at(-1)
    return ids
  }

  /** Stores the history of a call that has ended, and its answer; the ids of the history. */
  async keep(end: CallEnd, author: Author): Promise<readonly string[]> {
    const answer = told(end, author)
    const isWhole = end.status === 'success'
    this.#ids = this.#append(isWhole ? [...this.#history, ...answer] : this.#history)
    if (!isWhole) await this.#keepBroken(answer)
    return (await this.#ids).slice(0, this.#history.length)
  }

  /** A whole answer becomes part of the history, where a resent one finds it; a broken one stands beside it. */
  async keepAnswer(end: CallEnd, author: Author): Promise<void> {
    const answer = told(end, author)
    if (answer.length === 0) return
    if (end.status !== 'success') await this.#keepBroken(answer)
    else if (this.#last !== undefined) await this.#append(answer, this.#last)
    else await this.#append([...this.#history, ...answer])
  }

  async #keepBroken(answer: readonly HistoryMessage[]): Promise<void> {
    if (this.#place === undefined) return
    const parent = (await this.#ids).at(-1) ?? null
    try {
      for (const message of this.#privacy.history(answer)) {
        await this.#options.ledger.appendMessage({
          ...message,
          ...this.#place,
          status: 'error',
          include_in_context: false,
          parent_message_id: parent,
        })
      }
    } catch (error) {
      reportCaptureError(this.#options, error)
    }
  }

  /** The ids of the messages, none when they are not kept. `after` stands before the first. */
  async #append(history: readonly HistoryMessage[], after?: string): Promise<readonly string[]> {
    if (this.#place === undefined) return []
    const { project_id, chat_id } = this.#place
    try {
      const kept = this.#privacy.history(history)
      if (kept.length === 0) return []
      const options = { mayWait: true, ...(after === undefined ? {} : { after }) }
      return await this.#options.ledger.appendMessages(project_id, chat_id, kept, options)
    } catch (error) {
      reportCaptureError(this.#options, error)
      return []
    }
  }
}

/** The answer, with who made it. */
function told({ answer = [], usage }: CallEnd, author: Author): HistoryMessage[] {
  const info: LLMInfo = { ...author, ...(usage === undefined ? {} : { usage: counts(usage) }) }
  return answer.map((message) => ({ ...message, llm_info: info }))
}

/** Without the provider's own object, which the entry keeps. */
function counts({ provider_usage: _, ...usage }: Usage): Usage {
  return usage
}

const NONE: Promise<readonly string[]> = Promise.resolve([])
