/** Server-sent events, read while they pass. Framing is done on bytes, so a character is never cut. */

const LF = 10
const CR = 13

export interface SseBlock {
  readonly bytes: Uint8Array
  /** False for a block beyond the bound, or a piece of one: it is passed on, and nobody reads it. */
  readonly isReadable: boolean
}

/**
 * Cuts a stream of bytes behind each blank line. The blocks, and then `rest`, are exactly the bytes that went in.
 * A line ends with LF, CRLF or CR. Of a block larger than `maxBytes` the pieces are given as they come.
 */
export class SseBlocks {
  readonly #maxBytes: number
  #parts: Uint8Array[] = []
  /** Of the block so far, also of what was given of it. */
  #size = 0
  #lineIsEmpty = true
  #afterCR = false

  constructor(maxBytes: number = MAX_BLOCK_BYTES) {
    this.#maxBytes = maxBytes
  }

  /** The blocks that this chunk completes, each with the blank line that ends it. */
  push(chunk: Uint8Array): SseBlock[] {
    const blocks: SseBlock[] = []
    let from = 0
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at]
      if (byte !== LF && byte !== CR) {
        this.#lineIsEmpty = false
        this.#afterCR = false
        continue
      }
      // The LF of a CRLF ends no second line.
      const continues = byte === LF && this.#afterCR
      this.#afterCR = byte === CR
      if (continues) continue
      if (!this.#lineIsEmpty) {
        this.#lineIsEmpty = true
        continue
      }
      if (byte === CR && chunk[at + 1] === LF) {
        at += 1
        this.#afterCR = false
      }
      blocks.push(this.#take(chunk.subarray(from, at + 1)))
      this.#size = 0
      from = at + 1
    }
    if (from === chunk.length) return blocks
    const begun = chunk.subarray(from)
    if (this.#size + begun.length > this.#maxBytes) blocks.push(this.#take(begun))
    else {
      this.#parts.push(begun)
      this.#size += begun.length
    }
    return blocks
  }

  /** What came after the last blank line and was not given yet. */
  rest(): SseBlock {
    return this.#take(new Uint8Array())
  }

  #take(last: Uint8Array): SseBlock {
    this.#size += last.length
    const bytes = this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last])
    this.#parts = []
    return { bytes, isReadable: this.#size <= this.#maxBytes }
  }
}

/** As much as is read of an answer that is not streamed. */
const MAX_BLOCK_BYTES = 32 * 1024 * 1024

const decoder = new TextDecoder()

/** The `data` of a block, its lines joined; undefined when it has none (comments, pings). */
export function sseData(block: Uint8Array): string | undefined {
  const text = decoder.decode(block)
  // Nearly all are one line and the blank one.
  const end = text.length - 2
  if (text.startsWith('data: ') && text.indexOf('\n') === end && text.endsWith('\n') && !text.includes('\r'))
    return text.slice('data: '.length, end)
  const data: string[] = []
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (!line.startsWith('data')) continue
    if (line.length === 4) data.push('')
    else if (line[4] === ':') data.push(line.slice(line[5] === ' ' ? 6 : 5))
  }
  return data.length === 0 ? undefined : data.join('\n')
}
