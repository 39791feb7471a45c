/** Chunks of content to lines, as bytes. */
import { MAX_LINE } from '../entry/json-text.js'

/** A character of a line takes three bytes of UTF-8 at most. */
const MAX_LINE_BYTES = MAX_LINE * 3

export interface RawLine {
  /** Without the newline; undefined when it is longer than any line that is written. */
  readonly bytes: Buffer | undefined
  /** Byte range, `to` behind the newline. */
  readonly from: number
  readonly to: number
  /** False for what stands behind the last newline: a write may be under way. */
  readonly terminated: boolean
}

const NEWLINE = 0x0a

export class LineSplitter {
  #parts: Buffer[] = []
  #length = 0
  #from: number

  /** `start` is where the first chunk begins. */
  constructor(start = 0) {
    this.#from = start
  }

  *add(chunk: Buffer): Generator<RawLine> {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      this.#keep(chunk.subarray(from, end))
      yield this.#line(true)
      from = end + 1
    }
    this.#keep(chunk.subarray(from))
  }

  /** What stands behind the last newline, if anything does. */
  end(): RawLine[] {
    return this.#length > 0 ? [this.#line(false)] : []
  }

  #keep(part: Buffer): void {
    this.#length += part.length
    // Takes no memory for what is longer than any line.
    if (this.#length > MAX_LINE_BYTES) this.#parts = []
    else if (part.length > 0) this.#parts.push(part)
  }

  #line(terminated: boolean): RawLine {
    const [first = Buffer.alloc(0)] = this.#parts
    const whole = this.#parts.length > 1 ? Buffer.concat(this.#parts) : first
    const from = this.#from
    const to = from + this.#length + (terminated ? 1 : 0)
    const bytes = this.#length > MAX_LINE_BYTES ? undefined : whole
    this.#parts = []
    this.#length = 0
    this.#from = to
    return { bytes, from, to, terminated }
  }
}
