/** Reads the body of an answer that is no success: what the provider says is wrong. */
import type { EntryError } from '../../entry/entry.js'
import { isJson, jsonOf, parseJson } from '../json.js'
import type { BodyWatcher } from '../watched-response.js'
import type { AnswerEvents } from '../wire/answer-watcher.js'
import { providerError } from '../wire/arrived.js'

const MAX_BYTES = 64 * 1024

export class ErrorAnswer implements BodyWatcher {
  readonly #status: number
  readonly #events: Pick<AnswerEvents, 'ended'>
  readonly #chunks: Uint8Array[] = []
  #size = 0

  constructor(status: number, events: Pick<AnswerEvents, 'ended'>) {
    this.#status = status
    this.#events = events
  }

  chunk(bytes: Uint8Array): undefined {
    this.#size += bytes.length
    if (this.#size <= MAX_BYTES) this.#chunks.push(bytes)
  }

  end(): undefined {
    this.#events.ended(this.#error())
  }

  /** That the call failed was known before the rest of the reason was lost. */
  failed(): void {
    this.end()
  }

  cancelled(): void {
    this.end()
  }

  #error(): EntryError {
    const code = `http_${this.#status}`
    const body = parseJson(new TextDecoder().decode(Buffer.concat(this.#chunks)))
    // Some servers give the error itself, without a field around it.
    const error = jsonOf(body).error ?? body
    if (isJson(error) || typeof error === 'string') return providerError(error, code)
    return { code, message: `The provider answered ${this.#status}.` }
  }
}
