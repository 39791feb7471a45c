/** What waits for the disk, within its bound. */
import { FileSystemError } from '../errors.js'

/** How much may wait for the disk, over all files of a ledger: a slow disk costs memory up to here and no more. */
export class QueueBudget {
  readonly #maxLines: number
  readonly #maxBytes: number
  #lines = 0
  #bytes = 0

  constructor(maxLines: number, maxBytes: number) {
    this.#maxLines = maxLines
    this.#maxBytes = maxBytes
  }

  /** The last line may go past the bound, so that no line is too large for an empty queue. */
  get isFull(): boolean {
    return this.#lines >= this.#maxLines || this.#bytes >= this.#maxBytes
  }

  take(bytes: number): void {
    this.#lines++
    this.#bytes += bytes
  }

  giveBack(lines: number, bytes: number): void {
    this.#lines -= lines
    this.#bytes -= bytes
  }
}

export function queueFull(operation: string, path?: string): FileSystemError {
  return new FileSystemError('LOG_QUEUE_FULL', 'too much waits for the disk', { operation, path })
}
