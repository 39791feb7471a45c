/** A call of logLLMRequest whose line waits for the disk. */
import type { LogResult } from '../entry/entry.js'
import type { PreparedEntry } from '../entry/prepared-entry.js'
import { formatInstant } from '../entry/timestamp.js'
import type { LineWaiter } from '../journal/batch.js'

/** One call, as it came. */
export interface Call {
  readonly operation: string
  readonly neverThrows: boolean
  readonly mayWait: boolean
  /** Epoch ms. */
  readonly now: number
}

/** What becomes of the calls. */
export interface CallOutcome {
  written(call: AppendedCall): void
  /** What the caller gets. */
  failed(error: Error, call: AppendedCall, line: string): Promise<LogResult>
}

/**
 * What waits outlives the young generation, so it is two objects of numbers and short texts, made by constructors: V8
 * would put the literals and closures of waiting calls into the old generation for good, with all that they hold.
 */
export class AppendedCall implements LineWaiter, Call {
  readonly operation: string
  readonly neverThrows: boolean
  readonly mayWait: boolean
  readonly now: number
  readonly entry: PreparedEntry
  readonly result: Promise<LogResult>
  readonly #outcome: CallOutcome
  #settle: (result: LogResult | Promise<LogResult>) => void = () => undefined

  /** The line was made of the entry: its text is dropped. */
  constructor(entry: PreparedEntry, call: Call, outcome: CallOutcome) {
    entry.text = ''
    this.operation = call.operation
    this.neverThrows = call.neverThrows
    this.mayWait = call.mayWait
    this.now = call.now
    this.entry = entry
    this.#outcome = outcome
    this.result = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  written(): void {
    this.#outcome.written(this)
    this.#settle({ id: this.entry.id, logged: true, timestamp: formatInstant(this.now) })
  }

  failed(error: Error, line: () => string): void {
    this.#settle(this.#outcome.failed(error, this, line()))
  }
}
