/** What was said before a response that names its predecessor, which is not sent again. */
import type { HistoryMessage } from '../../../chat-log/message.js'
import type { CallStart } from '../../capture.js'
import { textOf } from '../../json.js'

const MAX_THREADS = 500

/** The conversations behind the latest response ids that this client saw. */
export class Threads {
  readonly #histories = new Map<string, readonly HistoryMessage[]>()

  /** The request with the whole history the model reads. */
  complete(start: CallStart): CallStart {
    const previous = textOf(start.request.body.previous_response_id)
    const before = previous === undefined ? undefined : this.#histories.get(previous)
    if (before === undefined) return start
    return { ...start, history: [...before, ...start.history] }
  }

  remember(responseId: string, start: CallStart, answer: readonly HistoryMessage[]): void {
    // Instructions hold for one response only.
    const said = start.history.filter((message) => message.role !== 'system')
    this.#histories.set(responseId, [...said, ...answer])
    for (const oldest of this.#histories.keys()) {
      if (this.#histories.size <= MAX_THREADS) break
      this.#histories.delete(oldest)
    }
  }
}
