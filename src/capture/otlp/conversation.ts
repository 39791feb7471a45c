/** What was said in one call, into the chat log. */
import type { HistoryMessage } from '../../chat-log/message.js'
import type { LLMRequestLogEntry } from '../../entry/entry.js'
import { ValidationError } from '../../errors.js'
import type { Ledger } from '../../ledger.js'
import { type Said, saidIn } from './said/said-in.js'
import type { Span } from './span.js'

export class Conversation {
  readonly #ledger: Pick<Ledger, 'appendMessages'>
  readonly #entry: LLMRequestLogEntry & { readonly id: string }
  readonly #said: Said

  constructor(
    ledger: Pick<Ledger, 'appendMessages'>,
    entry: LLMRequestLogEntry & { readonly id: string },
    spans: readonly Span[],
  ) {
    this.#ledger = ledger
    this.#entry = entry
    this.#said = saidIn(spans)
  }

  /** The ids of what went to the model. */
  async keepInput(): Promise<string[]> {
    return this.#keep(this.#said.input)
  }

  /** The answer, behind what it answers: a history that is resent finds it there. */
  async keepOutput(): Promise<void> {
    const { input, output } = this.#said
    if (output.length === 0) return
    const { id, model, timings } = this.#entry
    const info = { model, request_id: id, ...(timings === undefined ? {} : { timings }) }
    await this.#keep([...input, ...output.map((message) => ({ ...message, llm_info: info }))])
  }

  /** A conversation that the chat log refuses is no reason to lose the entry. */
  async #keep(history: readonly HistoryMessage[]): Promise<string[]> {
    if (history.length === 0) return []
    const { project_id, chat_id } = this.#entry
    try {
      return await this.#ledger.appendMessages(project_id, chat_id, history)
    } catch (error) {
      if (error instanceof ValidationError) return []
      throw error
    }
  }
}
