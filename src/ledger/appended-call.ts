/** A call of logLLMRequest whose line waits for the disk. */
import type { Cost, LogResult, Status } from '../entry/entry.js'
import type { PreparedEntry } from '../entry/prepare.js'
import { formatInstant } from '../entry/timestamp.js'
import type { LineWaiter } from '../journal/batch.js'
import type { CountedRequest } from '../stats/counted-request.js'

/** One call, as it came. */
export interface Call {
  readonly operation: string
  readonly neverThrows: boolean
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
 * One object of numbers and short texts a call, made by a constructor: what waits outlives the young generation, and
 * V8 would put the literals and closures of waiting calls into the old one for good, with all that they hold.
 */
export class AppendedCall implements LineWaiter, CountedRequest, Call {
  readonly operation: string
  readonly neverThrows: boolean
  readonly now: number
  readonly id: string
  /** The id was made by this call. */
  readonly isNew: boolean
  readonly projectId: string
  readonly chatId: string
  readonly status: Status
  readonly endMs: number
  readonly prompt: number
  readonly completion: number
  readonly latency: number | undefined
  readonly cost: number | undefined
  readonly result: Promise<LogResult>
  readonly #outcome: CallOutcome
  #settle: (result: LogResult | Promise<LogResult>) => void = () => undefined

  constructor(entry: PreparedEntry, cost: Cost | undefined, call: Call, outcome: CallOutcome) {
    this.operation = call.operation
    this.neverThrows = call.neverThrows
    this.now = call.now
    this.id = entry.id
    this.isNew = entry.isNew
    this.projectId = entry.projectId
    this.chatId = entry.chatId
    this.status = entry.status
    this.endMs = entry.endMs ?? Number.NEGATIVE_INFINITY
    this.prompt = entry.usage?.prompt ?? 0
    this.completion = entry.usage?.completion ?? 0
    this.latency = entry.latency
    this.cost = (entry.cost === undefined ? cost?.amount : entry.cost) ?? undefined
    this.#outcome = outcome
    this.result = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  written(): void {
    this.#outcome.written(this)
    this.#settle({ id: this.id, logged: true, timestamp: formatInstant(this.now) })
  }

  failed(error: Error, line: () => string): void {
    this.#settle(this.#outcome.failed(error, this, line()))
  }
}
