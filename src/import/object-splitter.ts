/** Chunks of a JSON array, or of objects over several lines, to these objects, as bytes. What stands between them is passed over. */

/** As long as a line may be. */
const MAX_OBJECT_BYTES = 24 << 20

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN = 0x7b
const CLOSE = 0x7d

export interface RawObject {
  /** Undefined when it is longer than any record may be. */
  readonly bytes: Buffer | undefined
}

export class ObjectSplitter {
  #parts: Buffer[] = []
  #length = 0
  /** Braces that are open: 0 between two objects. */
  #depth = 0
  #inString = false
  #isEscaped = false

  /** The object that the content ends in, if it does. */
  end(): RawObject[] {
    return this.#depth > 0 ? [this.#take()] : []
  }

  *add(chunk: Buffer): Generator<RawObject> {
    let from = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]
      if (this.#isEscaped) this.#isEscaped = false
      else if (this.#inString) {
        if (byte === BACKSLASH) this.#isEscaped = true
        else if (byte === QUOTE) this.#inString = false
      } else if (byte === QUOTE) this.#inString = true
      else if (byte === OPEN) {
        if (this.#depth++ === 0) from = at
      } else if (byte === CLOSE && this.#depth > 0 && --this.#depth === 0) {
        this.#keep(chunk.subarray(from, at + 1))
        yield this.#take()
      }
    }
    if (this.#depth > 0) this.#keep(chunk.subarray(from))
  }

  #keep(part: Buffer): void {
    this.#length += part.length
    if (this.#length > MAX_OBJECT_BYTES) this.#parts = []
    else this.#parts.push(part)
  }

  #take(): RawObject {
    const [first = Buffer.alloc(0)] = this.#parts
    const whole = this.#parts.length > 1 ? Buffer.concat(this.#parts) : first
    const bytes = this.#length > MAX_OBJECT_BYTES ? undefined : whole
    this.#parts = []
    this.#length = 0
    return { bytes }
  }
}
