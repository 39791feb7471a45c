/** One encoding: how many tokens a text is in it. */
import { mergedLength } from './merge.js'

export class BytePairs {
  /** Of each token by its bytes, a character a byte: any bytes are a key then, also half a character's. */
  readonly #ranks = new Map<string, number>()
  readonly #pieces: RegExp

  /** `tokens` by rank, as text or where they are none as bytes; `pieces` is where text is cut before it is encoded. */
  constructor(tokens: readonly (string | readonly number[])[], pieces: RegExp) {
    this.#pieces = pieces
    tokens.forEach((token, rank) => {
      this.#ranks.set(typeof token === 'string' ? bytesOf(token) : String.fromCharCode(...token), rank)
    })
  }

  /**
   * Exact. Names of control tokens such as `<|endoftext|>` are text like any other, as they are in a message; a lone
   * surrogate is U+FFFD, which is what a request carries in its place.
   */
  count(text: string): number {
    let tokens = 0
    for (const [piece] of text.toWellFormed().matchAll(this.#pieces)) {
      const bytes = bytesOf(piece)
      tokens += this.#ranks.has(bytes) ? 1 : mergedLength(bytes, this.#ranks)
    }
    return tokens
  }
}

function bytesOf(text: string): string {
  // ASCII is its own bytes.
  return Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString('latin1')
}
