/** What has arrived of an answer so far. Each API fills one of its own. */
import type { HistoryMessage } from '../../chat-log/message.js'
import type { EntryError } from '../../entry/entry.js'
import { type Json, jsonOf, textOf } from '../json.js'

export interface Arrived {
  /** A whole answer that was not streamed. */
  whole(body: Json): void
  /** The next event of a stream. Returns true when it carried something the model made. */
  event(event: Json): boolean
  /** All text the model made, also reasoning and arguments: what an estimate counts. */
  text(): string
  /** The answer as messages. */
  messages(): readonly HistoryMessage[]
  /** True once the provider said that the answer is all there. */
  readonly complete: boolean
  readonly responseId: string | undefined
  readonly responseModel: string | undefined
  readonly finishReason: string | undefined
  /** The provider's own object. */
  readonly usage: unknown
  /** Where the provider counts the input when the answer begins: that, while there is no `usage` yet. */
  readonly startUsage?: unknown
  /** The error that came with status 200. */
  readonly error: EntryError | undefined
}

/** `{code, message}` from the error object of an answer. */
export function providerError(value: unknown, fallback: string): EntryError {
  const error = jsonOf(value)
  const message = textOf(error.message) ?? textOf(value) ?? 'The provider gave no message.'
  const code = typeof error.code === 'number' ? String(error.code) : textOf(error.code)
  return { code: code ?? textOf(error.type) ?? fallback, message }
}

/** Text in pieces up to a bound, so that an endless answer does not fill the memory. */
export class BoundedText {
  #pieces: string[] = []
  #length = 0

  /** True once something did not fit. */
  get isFull(): boolean {
    return this.#length > MAX_CHARACTERS
  }

  /** True when the piece is text, whether it fits or not. */
  add(piece: unknown): boolean {
    if (typeof piece !== 'string' || piece === '') return false
    const room = MAX_CHARACTERS - this.#length
    if (room >= piece.length) this.#pieces.push(piece)
    else if (room > 0) this.#pieces.push(cutAt(piece, room))
    this.#length += piece.length
    return true
  }

  toString(): string {
    if (this.#pieces.length > 1) this.#pieces = [this.#pieces.join('')]
    return this.#pieces[0] ?? ''
  }
}

/** The first `length` characters, or one fewer where that would leave half of a surrogate pair. */
function cutAt(text: string, length: number): string {
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length)
}

/** Of UTF-16. */
export const MAX_CHARACTERS = 4_000_000
/** Tool calls or items of one answer of which the content is kept. */
export const MAX_PARTS = 1_000
