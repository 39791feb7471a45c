/** Lines gathered for one write, as the bytes that go into the file. */

/** Whole lines that wait to be in the file; each of the two is called once. */
export interface WaitingLine {
  readonly line: string
  /** The line is at the durability level. */
  written(): void
  /** The line is not in the file, but see AppendFile.add for failed syncs. */
  failed(error: Error): void
}

/**
 * Bytes of a batch. Small enough that the callers of one batch prepare their next lines while another is written,
 * large enough that a write costs little a line.
 */
const BATCH_BYTES = 64 * 1024
/** A character takes three bytes of UTF-8 at most. */
const MAX_BYTES_A_CHARACTER = 3
/** Buffers of finished batches that are used again. */
const free: Buffer[] = []
const MAX_FREE = 8

export class Batch {
  readonly #buffer: Buffer
  readonly #lines: WaitingLine[] = []
  /** Where each line ends. */
  readonly #ends: number[] = []
  #length = 0
  /** Lines whose callers know. */
  #settled = 0

  /** Room for at least this line. */
  constructor(line: string) {
    const size = line.length * MAX_BYTES_A_CHARACTER
    this.#buffer =
      size <= BATCH_BYTES
        ? (free.pop() ?? Buffer.allocUnsafeSlow(BATCH_BYTES))
        : Buffer.allocUnsafeSlow(Buffer.byteLength(line))
  }

  /** False, with nothing changed, when there is no room. */
  add(waiting: WaitingLine): boolean {
    const { line } = waiting
    const room = this.#buffer.length - this.#length
    if (line.length * MAX_BYTES_A_CHARACTER > room && Buffer.byteLength(line) > room) return false
    this.#length += this.#buffer.write(line, this.#length, 'utf8')
    this.#lines.push(waiting)
    this.#ends.push(this.#length)
    return true
  }

  get lines(): number {
    return this.#lines.length
  }

  get bytes(): number {
    return this.#length
  }

  /** The lines that are not settled. */
  get rest(): Buffer {
    return this.#buffer.subarray(this.#settledBytes, this.#length)
  }

  get #settledBytes(): number {
    return this.#ends[this.#settled - 1] ?? 0
  }

  /** Settles the lines of which all bytes are among the first `bytes` of `rest`. */
  written(bytes = Number.POSITIVE_INFINITY): void {
    const end = this.#settledBytes + bytes
    while (this.#settled < this.#lines.length && (this.#ends[this.#settled] ?? 0) <= end) {
      this.#lines[this.#settled++]?.written()
    }
  }

  failed(error: Error): void {
    while (this.#settled < this.#lines.length) this.#lines[this.#settled++]?.failed(error)
  }

  /** Nothing reads the bytes any more. */
  release(): void {
    if (this.#buffer.length === BATCH_BYTES && free.length < MAX_FREE) free.push(this.#buffer)
  }
}
