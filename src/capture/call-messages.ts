/** The messages of one captured call: its history, and its answer behind it. */
import type { HistoryMessage, LLMInfo } from '../chat-log/message.js'
import type { LLMRequestLogEntry, Usage } from '../entry/entry.js'
import { type CallEnd, type CaptureOptions, reportCaptureError } from './capture.js'
import type { Privacy } from './privacy/privacy.js'

/** Where the messages of a call belong. */
export type CallPlace = Pick<LLMRequestLogEntry, 'project_id' | 'chat_id'>

/** Nothing here rejects; what goes wrong is reported to the ledger. */
export class CallMessages {
  readonly #options: CaptureOptions
  readonly #privacy: Privacy
  /** Undefined where no messages are kept. */
  readonly #place: CallPlace | undefined
  readonly #history: readonly HistoryMessage[]
  /** Of the history, once it is stored; none when it is not kept. */
  readonly ids: Promise<readonly string[]>
  /** The id of the message before the answer, once it is known. */
  #last: string | undefined

  /** Begins to store the history. `place` is undefined when the options could not say it. */
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
    this.ids = this.#keepHistory()
  }

  /** A whole answer becomes part of the history, where a resent one finds it; a broken one stands beside it. */
  async keepAnswer({ status, answer = [], usage }: CallEnd, made: Omit<LLMInfo, 'usage'>): Promise<void> {
    if (answer.length === 0) return
    const info: LLMInfo = { ...made, ...(usage === undefined ? {} : { usage: counts(usage) }) }
    const told = answer.map((message) => ({ ...message, llm_info: info }))
    if (status !== 'success') await this.#keepBroken(told)
    else if (this.#last !== undefined) await this.#append(told, this.#last)
    else await this.#append([...this.#history, ...told])
  }

  async #keepHistory(): Promise<readonly string[]> {
    const ids = await this.#append(this.#history)
    this.#last = ids.at(-1)
    return ids
  }

  async #keepBroken(answer: readonly HistoryMessage[]): Promise<void> {
    if (this.#place === undefined) return
    const parent = (await this.ids).at(-1) ?? null
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

/** Without the provider's own object, which the entry keeps. */
function counts({ provider_usage: _, ...usage }: Usage): Usage {
  return usage
}
