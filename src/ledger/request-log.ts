/** logLLMRequest: an entry checked, priced, written, counted. */
import type { LogResult } from '../entry/entry.js'
import { uuidV7 } from '../entry/ids.js'
import { isObject } from '../entry/own-fields.js'
import { lineOf } from '../entry/prepare.js'
import type { PreparedEntry } from '../entry/prepared-entry.js'
import { formatInstant } from '../entry/timestamp.js'
import { FileSystemError, invalid, LedgerlineError, StateError } from '../errors.js'
import { ownIdentity } from '../journal/process-identity.js'
import { REQUESTS } from '../journal/project-journal.js'
import { type QueueBudget, queueFull } from '../journal/queue-budget.js'
import type { LogOptions } from '../ledger.js'
import { costText } from '../pricing/price-book.js'
import type { Prices } from '../pricing/prices.js'
import type { LiveCounters } from '../stats/live-counters.js'
import { AppendedCall, type Call, type CallOutcome } from './appended-call.js'
import { FailureReports, type Report } from './failure-reports.js'
import { type LateLine, LateLines, type LateRequest } from './late-lines.js'
import type { Projects } from './projects.js'
import type { Tally } from './tally.js'
import { UnderWay } from './under-way.js'

export interface RequestLogParts {
  readonly projects: Projects
  readonly counters: LiveCounters
  readonly tally: Tally
  readonly budget: QueueBudget
  readonly report: Report
  /** A request ended and is counted; `isFirstEnd` is false when it had ended before. Must not throw. */
  readonly onEnd: (request: LateRequest, isFirstEnd: boolean) => void
  /** Called when the first price is needed. */
  readonly loadPrices: () => Promise<Prices>
}

export class RequestLog {
  readonly #parts: RequestLogParts
  readonly #late: LateLines
  readonly #failures: FailureReports
  readonly #underWay = new UnderWay()
  readonly #outcome: CallOutcome = {
    written: ({ entry }) => this.#count(entry, entry.isNew),
    failed: (error, call, line) => this.#refuse(error, call, call.entry, { request: call.entry, line }),
  }
  /** Those that wait for the project and the prices, in their order. */
  readonly #waiting = new Set<{ readonly entry: PreparedEntry; readonly call: Call }>()
  #prices: Prices | undefined
  #turn: Promise<void> | undefined
  #closed = false
  #isLast = false
  #isPreloaded = false

  constructor(parts: RequestLogParts) {
    this.#parts = parts
    this.#failures = new FailureReports(parts.report)
    this.#late = new LateLines({
      write: (late) => this.#writeLate(late),
      onDropped: ({ request }) =>
        this.#failures.tell('an entry was dropped: the disk refused it for too long', {
          request_id: request.id,
        }),
    })
  }

  /**
   * As Ledger.logLLMRequest says. What `prepare` throws is a failure of the call; `named` holds its ids then, where `id` is
   * not given. `now` is epoch ms.
   */
  log(
    prepare: (now: number) => PreparedEntry,
    options: LogOptions | undefined,
    operation: string,
    named: unknown,
    id?: string,
  ): Promise<LogResult> {
    const call: Call = {
      operation,
      neverThrows: options?.onError === 'never',
      mayWait: options?.mayWait === true,
      now: Date.now(),
    }
    let entry: PreparedEntry
    try {
      if (this.#closed) throw new StateError('LEDGER_CLOSED', 'the ledger is closed', { operation })
      entry = prepare(call.now)
    } catch (error) {
      const refusal = error instanceof LedgerlineError ? error : unreadable(error, operation)
      const ids = { id: id ?? textOf(named, 'id'), projectId: textOf(named, 'project_id') }
      return this.#refuse(refusal, call, ids, undefined)
    }
    // Its end will need the prices, and may be the last thing that the process does.
    if (entry.status === 'pending') this.#preload()
    if (this.#isReadyFor(entry)) return this.#append(entry, call)
    return this.#underWay.track(this.#appendInTurn(entry, call))
  }

  /** For a process that ends: no line waits any more, for want of prices it has none. What needs a project unseen is lost. */
  hurry(): void {
    this.#isLast = true
    for (const { entry, call } of this.#waiting) {
      if (this.#isReadyFor(entry)) void this.#append(entry, call)
    }
  }

  /** Waits for the calls under way; later ones are refused. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#underWay.settled()
    await Promise.all(this.#parts.projects.allOpened().map(({ journal }) => journal.settled()))
    await this.#late.close()
    this.#failures.close()
  }

  #append(entry: PreparedEntry, call: Call): Promise<LogResult> {
    let line: string | undefined
    try {
      line = lineOf(entry, this.#additions(entry), call.operation)
      const file = this.#parts.projects.opened(entry.projectId)?.journal.file(REQUESTS)
      if (file === undefined) throw new StateError('LEDGER_CLOSED', 'the ledger is closed', call)
      const appended = new AppendedCall(entry, call, this.#outcome)
      file.add(line, appended, call.mayWait)
      return appended.result
    } catch (error) {
      return this.#refuse(error, call, entry, line === undefined ? undefined : { request: entry, line })
    }
  }

  #count(request: LateRequest, isNew: boolean): void {
    const isFirstEnd = this.#parts.counters.count(request, isNew)
    this.#parts.tally.persisted++
    if (request.status !== 'pending') this.#parts.onEnd(request, isFirstEnd)
  }

  /** Rejects, or in the mode that never throws keeps the line for later; each call that fails ends here once. */
  async #refuse(
    error: unknown,
    call: Call,
    { id, projectId }: Readonly<Record<'id' | 'projectId', string | undefined>>,
    late: LateLine | undefined,
  ): Promise<LogResult> {
    const { operation, now } = call
    if (!call.neverThrows) {
      this.#parts.tally.reject(projectId)
      throw error
    }
    const known = id ?? uuidV7(now)
    // Also a line that is kept, until it is in the file: the process may be killed before.
    this.#parts.tally.drop(projectId)
    if (late !== undefined && isOfTheDisk(error) && !this.#closed) this.#late.keep(late)
    this.#failures.tell('an entry could not be logged', { request_id: known, operation, error })
    return { id: known, logged: false, timestamp: formatInstant(now) }
  }

  async #writeLate({ request, line }: LateLine): Promise<void> {
    const { journal } = await this.#parts.projects.open(request.projectId, 'logLLMRequest')
    await journal.appendLog(REQUESTS, line)
    this.#parts.tally.takeBackDrop(request.projectId)
    this.#count(request, false)
  }

  /** The first entries wait for the project and the prices, later ones behind them. */
  #isReadyFor(entry: PreparedEntry): boolean {
    if (this.#parts.projects.opened(entry.projectId) === undefined) return false
    if (this.#isLast) return true
    return this.#turn === undefined && (!entry.needsPrice || this.#prices !== undefined)
  }

  /** What waits here waits for the disk as well. */
  async #appendInTurn(entry: PreparedEntry, call: Call): Promise<LogResult> {
    const { budget } = this.#parts
    const bytes = memoryOf(entry.text)
    if (budget.isFull) return this.#refuse(queueFull(call.operation), call, entry, undefined)
    budget.take(bytes)
    const waiting = { entry, call }
    this.#waiting.add(waiting)
    try {
      await this.#inTurn(async () => {
        await this.#parts.projects.open(entry.projectId, call.operation)
        if (entry.needsPrice) this.#prices ??= await this.#parts.loadPrices()
      })
    } catch (error) {
      return this.#refuse(error, call, entry, undefined)
    } finally {
      this.#waiting.delete(waiting)
      budget.giveBack(1, bytes)
    }
    return this.#append(entry, call)
  }

  #preload(): void {
    if (this.#prices !== undefined || this.#isPreloaded) return
    this.#isPreloaded = true
    this.#parts.loadPrices().then(
      (prices) => {
        this.#prices ??= prices
      },
      // Whoever needs them is told.
      () => undefined,
    )
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

  /** The price, and who will write the end. */
  #additions(entry: PreparedEntry): string {
    if (entry.status === 'pending') return `,"writer":${JSON.stringify(ownIdentity())}`
    const cost = entry.needsPrice ? this.#prices?.price(entry) : undefined
    if (cost === undefined) return ''
    entry.cost = cost.amount ?? undefined
    return `,"cost":${costText(cost)}`
  }
}

/** A full queue is the bound of what is kept in memory, so nothing is kept beside it. */
function isOfTheDisk(error: unknown): boolean {
  return error instanceof FileSystemError && error.code !== 'LOG_QUEUE_FULL'
}

/** A revoked proxy throws wherever it is touched. */
function unreadable(cause: unknown, operation: string): Error {
  const reason = cause instanceof Error ? cause.message : 'no Error'
  return invalid(operation, 'INVALID_ENTRY', 'entry', `reading it threw: ${reason}`)
}

/** V8 keeps all characters of a text in two bytes for the sake of one. */
function memoryOf(text: string): number {
  return Buffer.byteLength(text) === text.length ? text.length : 2 * text.length
}

function textOf(entry: unknown, field: 'id' | 'project_id'): string | undefined {
  try {
    const value = isObject(entry) ? entry[field] : undefined
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
