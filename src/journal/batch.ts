/** Lines gathered for one write, as the bytes that go into the file. */

/** Who waits for a line to be in the file; one of the two is called, once. */
export interface LineWaiter {
  /** The line is at the durability level. */
  written(): void
  /** The line is not in the file, but see AppendFile.add for failed syncs. `line` reads it back for the caller. */
  failed(error: Error, line: () => string): void
}

/** Bytes of a batch: a write of fewer costs more a line, and one of more leaves nothing to prepare meanwhile. */
const BATCH_BYTES = 256 * 1024
/** Of one that is the first after a pause: many files may wait for one line each. */
const SMALL_BATCH_BYTES = 16 * 1024
/** A character takes three bytes of UTF-8 at most. */
const MAX_BYTES_A_CHARACTER = 3
/** Buffers of finished batches that are used again, by their size. */
const free = new Map<number, Buffer[]>([
  [BATCH_BYTES, []],
  [SMALL_BATCH_BYTES, []],
])
const MAX_FREE = 8

export class Batch {
  readonly #buffer: Buffer
  readonly #waiters: LineWaiter[] = []
  /** Where each line ends. */
  readonly #ends: number[] = []
  #length = 0
  /** Lines whose callers know. */
  #settled = 0

  /** Room for at least this line; `isBusy` says that more are to be expected. */
  constructor(line: string, isBusy: boolean) {
    const size = line.length * MAX_BYTES_A_CHARACTER
    if (size > BATCH_BYTES) this.#buffer = Buffer.allocUnsafeSlow(Buffer.byteLength(line))
    else this.#buffer = freeBuffer(isBusy || size > SMALL_BATCH_BYTES ? BATCH_BYTES : SMALL_BATCH_BYTES)
  }

  /** False, with nothing changed, when there is no room. */
  add(line: string, waiter: LineWaiter): boolean {
    const room = this.#buffer.length - this.#length
    if (line.length * MAX_BYTES_A_CHARACTER > room && Buffer.byteLength(line) > room) return false
    this.#length += this.#buffer.write(line, this.#length, 'utf8')
    this.#waiters.push(waiter)
    this.#ends.push(this.#length)
    return true
  }

  get lines(): number {
    return this.#waiters.length
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
    while (this.#settled < this.#waiters.length && (this.#ends[this.#settled] ?? 0) <= end) {
      this.#waiters[this.#settled++]?.written()
    }
  }

  failed(error: Error): void {
    while (this.#settled < this.#waiters.length) {
      const line = (from: number, to: number) => () => this.#buffer.toString('utf8', from, to)
      const from = this.#settledBytes
      const waiter = this.#waiters[this.#settled++]
      waiter?.failed(error, line(from, this.#settledBytes))
    }
  }

  /** Nothing reads the bytes any more. */
  release(): void {
    const kept = free.get(this.#buffer.length)
    if (kept !== undefined && kept.length < MAX_FREE) kept.push(this.#buffer)
  }
}

function freeBuffer(bytes: number): Buffer {
  return free.get(bytes)?.pop() ?? Buffer.allocUnsafeSlow(bytes)
}
