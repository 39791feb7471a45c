/** What a seal says of the content of a segment, found chunk by chunk. */
import { createHash } from 'node:crypto'

export interface ContentSum {
  readonly bytes: number
  /** Newlines, and one more when something stands behind the last. */
  readonly lines: number
  /** Hex. */
  readonly sha256: string
}

const NEWLINE = 0x0a

export class ContentSummer {
  readonly #hash = createHash('sha256')
  #bytes = 0
  #newlines = 0
  #open = false

  add(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.#hash.update(chunk)
    this.#bytes += chunk.length
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) this.#newlines++
    this.#open = chunk[chunk.length - 1] !== NEWLINE
  }

  /** Once, at the end. */
  sum(): ContentSum {
    const lines = this.#newlines + (this.#open ? 1 : 0)
    return { bytes: this.#bytes, lines, sha256: this.#hash.digest('hex') }
  }
}
