/** Chunks of content to lines, as bytes. */
import { MAX_LINE } from '../../entry/json-text.js'

/** A character of a line takes three bytes of UTF-8 at most. */
export const MAX_LINE_BYTES = MAX_LINE * 3

export interface RawLine {
  /** Without the newline; undefined when it is longer than any line that is written. */
  readonly bytes: Buffer | undefined
  readonly from: number
  /** Behind the newline. */
  readonly to: number
  readonly terminated: boolean
}

const NEWLINE = 0x0a

export class LineSplitter {
  readonly #onLine: (line: RawLine) => void
  #parts: Buffer[] = []
  #length = 0
  #from = 0

  constructor(onLine: (line: RawLine) => void) {
    this.#onLine = onLine
  }

  add(chunk: Buffer): void {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      this.#keep(chunk.subarray(from, end))
      this.#emit(true)
      from = end + 1
    }
    this.#keep(chunk.subarray(from))
  }

  /** What stands behind the last newline is a line too, not terminated. */
  end(): void {
    if (this.#length > 0) this.#emit(false)
  }

  #keep(part: Buffer): void {
    this.#length += part.length
    // Takes no memory for what is longer than any line.
    if (this.#length > MAX_LINE_BYTES) this.#parts = []
    else if (part.length > 0) this.#parts.push(part)
  }

  #emit(terminated: boolean): void {
    const [first = Buffer.alloc(0)] = this.#parts
    const whole = this.#parts.length > 1 ? Buffer.concat(this.#parts) : first
    const from = this.#from
    const to = from + this.#length + (terminated ? 1 : 0)
    const bytes = this.#length > MAX_LINE_BYTES ? undefined : whole
    this.#parts = []
    this.#length = 0
    this.#from = to
    this.#onLine({ bytes, from, to, terminated })
  }
}
