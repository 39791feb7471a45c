/** logLLMRequest: an entry checked, priced, written, counted. */
import { completeEntry } from '../entry/complete.js'
import type { LLMRequestLogEntry, LoggedEntry, LogResult } from '../entry/entry.js'
import { uuidV7 } from '../entry/ids.js'
import { boundedCopy, toLine } from '../entry/line.js'
import { formatInstant } from '../entry/timestamp.js'
import { FileSystemError, StateError } from '../errors.js'
import { ownIdentity } from '../journal/process-identity.js'
import { REQUESTS } from '../journal/project-journal.js'
import type { LogOptions } from '../ledger.js'
import { loadPriceBook, type PriceBook } from '../pricing/price-book.js'
import type { LiveCounters } from '../stats/live-counters.js'
import { type LateLine, LateLines } from './late-lines.js'
import type { Projects } from './projects.js'
import type { Tally } from './tally.js'
import { UnderWay } from './under-way.js'

export interface RequestLogParts {
  readonly projects: Projects
  readonly counters: LiveCounters
  readonly tally: Tally
  /** To the system log; never throws. */
  readonly report: (message: string, context: Readonly<Record<string, unknown>>) => void
}

export class RequestLog {
  readonly #parts: RequestLogParts
  readonly #late: LateLines
  readonly #underWay = new UnderWay()
  #book: PriceBook | undefined
  #turn: Promise<void> | undefined
  #closed = false

  constructor(parts: RequestLogParts) {
    this.#parts = parts
    this.#late = new LateLines({
      write: ({ entry, line }) => this.#write(entry, line),
      onDropped: ({ entry }) => {
        parts.tally.dropped++
        parts.report('an entry was dropped: the disk refused it for too long', { request_id: entry.id })
      },
    })
  }

  /** As Ledger.logLLMRequest says. What `make` throws is a failure of the call; `id` is that of the request. */
  log(
    make: () => LLMRequestLogEntry,
    options: LogOptions | undefined,
    operation: string,
    id?: string,
  ): Promise<LogResult> {
    return this.#underWay.track(this.#log(make, options ?? {}, operation, id))
  }

  /** Waits for the calls under way; later ones are refused. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#underWay.settled()
    await this.#late.close()
  }

  async #log(
    make: () => LLMRequestLogEntry,
    options: LogOptions,
    operation: string,
    id: string | undefined,
  ): Promise<LogResult> {
    const now = Date.now()
    let given: LLMRequestLogEntry | undefined
    let late: LateLine | undefined
    try {
      if (this.#closed) throw new StateError('LEDGER_CLOSED', 'the ledger is closed', { operation })
      given = make()
      let completed = completeEntry(given, now, operation)
      if (!this.#isReadyFor(completed)) {
        // The caller may change what the entry refers to while this one waits.
        completed = boundedCopy(completed, operation)
        await this.#inTurn(() => this.#getReadyFor(completed, operation))
      }
      this.#sign(completed)
      late = { entry: completed, line: toLine(completed, operation) }
      await this.#write(late.entry, late.line)
      return { id: completed.id, logged: true, timestamp: formatInstant(now) }
    } catch (error) {
      if (options.onError !== 'never') {
        this.#parts.tally.rejected++
        throw error
      }
      const known = late?.entry.id ?? id ?? idOf(given) ?? uuidV7(now)
      if (late !== undefined && error instanceof FileSystemError && !this.#closed) this.#late.keep(late)
      else this.#parts.tally.dropped++
      this.#parts.report('an entry could not be logged', { request_id: known, operation, error })
      return { id: known, logged: false, timestamp: formatInstant(now) }
    }
  }

  /** The first entries wait for the project and the price book, later ones behind them. */
  #isReadyFor(entry: LoggedEntry): boolean {
    return (
      this.#turn === undefined &&
      this.#parts.projects.opened(entry.project_id) !== undefined &&
      (!needsPrice(entry) || this.#book !== undefined)
    )
  }

  async #getReadyFor(entry: LoggedEntry, operation: string): Promise<void> {
    await this.#parts.projects.open(entry.project_id, operation)
    if (needsPrice(entry)) this.#book ??= await loadPriceBook()
  }

  /** Adds the price, and who will write the end. */
  #sign(entry: LoggedEntry): void {
    if (needsPrice(entry) && this.#book !== undefined) entry.cost = this.#book.price(entry)
    if (entry.status === 'pending') entry.writer = ownIdentity()
  }

  /** Keeps the order of the calls: of two lines with one id the later call's must be the later line. */
  async #inTurn(load: () => Promise<void>): Promise<void> {
    const before = this.#turn
    const mine = (async () => {
      await before?.catch(() => undefined)
      await load()
    })()
    this.#turn = mine
    try {
      await mine
    } finally {
      if (this.#turn === mine) this.#turn = undefined
    }
  }

  async #write(entry: LoggedEntry, line: string): Promise<void> {
    const project = await this.#parts.projects.open(entry.project_id, 'logLLMRequest')
    await project.journal.appendLog(REQUESTS, line)
    this.#parts.counters.count(entry)
    this.#parts.tally.persisted++
  }
}

function needsPrice(entry: LoggedEntry): boolean {
  return entry.status !== 'pending' && entry.usage !== undefined && entry.cost === undefined
}

function idOf(entry: unknown): string | undefined {
  try {
    return typeof entry === 'object' && entry !== null && 'id' in entry && typeof entry.id === 'string'
      ? entry.id
      : undefined
  } catch {
    return undefined
  }
}
