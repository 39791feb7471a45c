/** logLLMRequest: an entry checked, priced, written, counted. */
import { completeEntry } from '../entry/complete.js'
import type { LLMRequestLogEntry, LoggedEntry, LogResult } from '../entry/entry.js'
import { uuidV7 } from '../entry/ids.js'
import { toLine } from '../entry/line.js'
import { toPlainJson } from '../entry/plain-json.js'
import { formatInstant } from '../entry/timestamp.js'
import { FileSystemError, StateError } from '../errors.js'
import { ownIdentity } from '../journal/process-identity.js'
import { REQUESTS } from '../journal/project-journal.js'
import type { LogOptions } from '../ledger.js'
import { loadPriceBook, type PriceBook } from '../pricing/price-book.js'
import type { LiveCounters } from '../stats/live-counters.js'
import { LateLines } from './late-lines.js'
import type { OpenProject, Projects } from './projects.js'
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

  /** As Ledger.logLLMRequest says. */
  log(entry: LLMRequestLogEntry, options: LogOptions, operation: string): Promise<LogResult> {
    return this.#underWay.track(this.#log(entry, options, operation))
  }

  /** Waits for the calls under way; later ones are refused. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#underWay.settled()
    await this.#late.close()
  }

  async #log(entry: LLMRequestLogEntry, options: LogOptions, operation: string): Promise<LogResult> {
    const now = Date.now()
    let late: { entry: LoggedEntry; line: string } | undefined
    try {
      if (this.#closed) throw new StateError('LEDGER_CLOSED', 'the ledger is closed', { operation })
      const completed = await this.#prepare(completeEntry(entry, now, operation), operation)
      late = { entry: completed, line: toLine(completed, operation) }
      await this.#write(late.entry, late.line)
      return { id: completed.id, logged: true, timestamp: formatInstant(now) }
    } catch (error) {
      if (options.onError !== 'never') {
        this.#parts.tally.rejected++
        throw error
      }
      const id = late?.entry.id ?? idOf(entry) ?? uuidV7(now)
      if (late !== undefined && error instanceof FileSystemError && !this.#closed) this.#late.keep(late)
      else this.#parts.tally.dropped++
      this.#parts.report('an entry could not be logged', { request_id: id, operation, error })
      return { id, logged: false, timestamp: formatInstant(now) }
    }
  }

  /** With its price and writer. The first entries wait for the project and the price book, later ones behind them. */
  async #prepare(completed: LoggedEntry, operation: string): Promise<LoggedEntry> {
    const needsPrice =
      completed.status !== 'pending' && completed.usage !== undefined && completed.cost === undefined
    const isReady =
      this.#parts.projects.opened(completed.project_id) !== undefined &&
      (!needsPrice || this.#book !== undefined)
    let entry = completed
    if (!isReady || this.#turn !== undefined) {
      // The caller may change what the entry refers to while this one waits.
      entry = toPlainJson(completed) as LoggedEntry
      await this.#inTurn(async () => {
        await this.#parts.projects.open(entry.project_id, operation)
        if (needsPrice) this.#book ??= await loadPriceBook()
      })
    }
    if (needsPrice && this.#book !== undefined) entry.cost = this.#book.price(entry)
    if (entry.status === 'pending') entry.writer = ownIdentity()
    return entry
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
    const project: OpenProject = await this.#parts.projects.open(entry.project_id, 'logLLMRequest')
    await project.journal.appendLog(REQUESTS, line)
    this.#parts.counters.count(entry)
    this.#parts.tally.persisted++
  }
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
