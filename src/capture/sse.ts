/** Server-sent events, read while they pass. Framing is done on bytes, so a character is never cut. */

const LF = 10
const CR = 13

/**
 * Cuts a stream of bytes behind each blank line. The blocks, and then `rest`, are exactly the bytes that went in.
 * A line ends with LF, CRLF or CR.
 */
export class SseBlocks {
  #parts: Uint8Array[] = []
  #lineIsEmpty = true
  #afterCR = false

  /** The blocks that this chunk completes, each with the blank line that ends it. */
  push(chunk: Uint8Array): Uint8Array[] {
    const blocks: Uint8Array[] = []
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
      from = at + 1
    }
    if (from < chunk.length) this.#parts.push(chunk.subarray(from))
    return blocks
  }

  /** What came after the last blank line. */
  rest(): Uint8Array {
    return this.#take(new Uint8Array())
  }

  #take(last: Uint8Array): Uint8Array {
    if (this.#parts.length === 0) return last
    const block = Buffer.concat([...this.#parts, last])
    this.#parts = []
    return block
  }
}

const decoder = new TextDecoder()

/** The `data` of a block, its lines joined; undefined when it has none (comments, pings). */
export function sseData(block: Uint8Array): string | undefined {
  const data: string[] = []
  for (const line of decoder.decode(block).split(/\r\n|\n|\r/)) {
    if (!line.startsWith('data')) continue
    if (line.length === 4) data.push('')
    else if (line[4] === ':') data.push(line.slice(line[5] === ' ' ? 6 : 5))
  }
  return data.length === 0 ? undefined : data.join('\n')
}
