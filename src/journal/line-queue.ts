/** Lines that wait for their file, gathered into batches, and when the next batch is due. */

import { Pace } from '../pace.js'
import { Batch, type LineWaiter } from './batch.js'

/** A batch of so many bytes does not wait for the end of the turn: it is written while the next lines are made. */
const PROMPT_BYTES = 64 * 1024

/** When the writing of what waits is to begin, unless it has: at once, at the end of the turn, or when the pace says. */
export type Due = 'now' | 'soon' | 'later'

export class LineQueue {
  #batches: Batch[] = []
  /** One of the lines may not wait. */
  #hasUrgent = false
  readonly #pace: Pace

  /** `onDue` is called when lines that could wait have waited. */
  constructor(onDue: () => void) {
    this.#pace = new Pace(onDue)
  }

  get length(): number {
    return this.#batches.length
  }

  /** Takes the bytes of the line now; `bytes` is how many more are held. `isBusy` says that more lines are to be expected. */
  add(
    line: string,
    waiter: LineWaiter,
    { mayWait, isBusy }: { readonly mayWait: boolean; readonly isBusy: boolean },
  ): { readonly bytes: number; readonly due: Due } {
    if (!mayWait) this.#hasUrgent = true
    const last = this.#batches.at(-1)
    const before = last?.bytes ?? 0
    if (last?.add(line, waiter) === true) {
      const isDue = last.bytes >= PROMPT_BYTES
      // The others waited for the pace; this one does not.
      const isSoon = !isDue && !mayWait && this.#pace.hurry()
      return { bytes: last.bytes - before, due: isDue ? 'now' : isSoon ? 'soon' : 'later' }
    }
    const batch = new Batch(line, last !== undefined || isBusy)
    batch.add(line, waiter)
    const isDue = this.#batches.push(batch) > 1 || batch.bytes >= PROMPT_BYTES
    const isLater = !isDue && mayWait && this.#pace.waits()
    return { bytes: batch.bytes, due: isDue ? 'now' : isLater ? 'later' : 'soon' }
  }

  /** The next batch, to be written now. */
  shift(): Batch | undefined {
    const batch = this.#batches.shift()
    if (batch === undefined) return undefined
    if (this.#batches.length === 0) this.#hasUrgent = false
    this.#pace.begin()
    return batch
  }

  /** What waits is a small batch of lines that may; `onDue` will be called. */
  isEarly(): boolean {
    const [next, further] = this.#batches
    if (next === undefined || further !== undefined) return false
    return !this.#hasUrgent && next.bytes < PROMPT_BYTES && this.#pace.waits()
  }

  /** `onDue` is not called any more: what waits is written anyway. */
  hurry(): void {
    this.#pace.hurry()
  }
}
