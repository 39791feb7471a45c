/** An export of spans into the ledger: each call of a model once, whoever else logged it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { LedgerlineError } from '../../errors.js'
import type { Ledger } from '../../ledger.js'
import { Conversation } from './conversation.js'
import { entriesOf } from './entries-of.js'
import type { Receipt } from './export-answer.js'
import { LoggedCalls } from './logged-calls.js'
import { type ExportHeaders, type PlacedEntry, type PlaceOptions, placeEntries } from './placed-entries.js'
import { ProjectNames } from './project-names.js'
import { Reasons } from './reasons.js'
import { RecentCalls } from './recent-calls.js'
import { SpanTree } from './span-tree.js'
import { Turns } from './turns.js'

export type ReceiverLedger = Pick<
  Ledger,
  | 'flush'
  | 'logLLMRequest'
  | 'appendMessages'
  | 'findByResponseId'
  | 'findByTrace'
  | 'listProjects'
  | 'createProject'
  | 'getProjectMetrics'
>

export interface ReceiverOptions extends PlaceOptions {
  /** Keep what was said in the chat log; default false. */
  readonly messages?: boolean | undefined
}

/** Epoch ms, a pause, and the end of a work or of the time for it. */
export interface Clock {
  now(): number
  wait(ms: number): Promise<unknown>
  /** Rejects as the work does, while it is waited for. */
  atMost(ms: number, work: Promise<unknown>): Promise<unknown>
}

const SYSTEM_CLOCK: Clock = {
  now: Date.now,
  wait: (ms) => sleep(ms),
  async atMost(ms, work) {
    const over = new AbortController()
    const time = sleep(ms, undefined, { signal: over.signal }).catch(() => undefined)
    try {
      await Promise.race([work, time])
    } finally {
      over.abort()
    }
  },
}

/** How long after the end of a call the line of its capture, which another process may write, is waited for. */
const CAPTURE_MS = 1_000
/**
 * As many exports are held for so long at once. An exporter has 30 under way at most and drops what comes beyond: one that
 * sends each span by itself must get its answers soon. Captures write within some 30 ms.
 */
const MAX_HELD = 8
const CROWDED_MS = 100
const LOOK_MS = 100
/** Lines that wait for the disk at once. */
const IN_FLIGHT = 500

export class TraceReceiver {
  readonly #ledger: ReceiverLedger
  readonly #options: ReceiverOptions
  readonly #clock: Clock
  readonly #names: ProjectNames
  readonly #recent = new RecentCalls()
  readonly #tree = new SpanTree()
  readonly #known: LoggedCalls
  /** Of the exports of a project, so that each sees what the one before has logged. */
  readonly #turns = new Turns()
  /** Exports that wait for captures. */
  #held = 0

  constructor(ledger: ReceiverLedger, options: ReceiverOptions = {}, clock: Clock = SYSTEM_CLOCK) {
    this.#ledger = ledger
    this.#options = options
    this.#clock = clock
    this.#names = new ProjectNames(ledger)
    this.#known = new LoggedCalls(ledger, this.#tree)
  }

  /**
   * Resolves when the lines are at the ledger's durability level. `request` is what entriesOf takes. Throws as
   * placeEntries does, and what the ledger throws when the disk refuses or it is closed: then the whole export may come
   * again, since each entry replaces itself.
   */
  async receive(request: unknown, headers: ExportHeaders = {}): Promise<Receipt> {
    const { entries, rejected } = entriesOf(request, this.#recent, this.#tree)
    const reasons = new Reasons(rejected.map(({ reason }) => reason))
    const { byProject, refused } = await placeEntries(entries, headers, this.#names, this.#options)
    for (const reason of refused) reasons.add(reason)
    await Promise.all(
      [...byProject].map(async ([projectId, placed]) => {
        const unknown = await this.#waitForCaptures(projectId, placed)
        await this.#turns.take(projectId, () => this.#logNew(projectId, unknown, reasons))
      }),
    )
    return reasons.receipt()
  }

  /** Those that no capture has logged, once none will do it any more. */
  async #waitForCaptures(projectId: string, placed: readonly PlacedEntry[]): Promise<readonly PlacedEntry[]> {
    const patience = this.#held < MAX_HELD ? CAPTURE_MS : CROWDED_MS
    const begun = this.#clock.now()
    const isRecent = ({ entry }: PlacedEntry): boolean =>
      Date.parse(entry.timestamp_end ?? '') + patience > this.#clock.now()
    if (!placed.some(isRecent)) return placed
    this.#held += 1
    try {
      // Captures in this process, as the proxy is one, need not be waited for; some wait for a stream that has stalled.
      await this.#clock.atMost(patience, this.#ledger.flush())
      let unknown = placed
      while (this.#clock.now() < begun + patience && unknown.some(isRecent)) {
        unknown = await this.#known.withoutEnded(projectId, unknown)
        if (unknown.some(isRecent)) await this.#clock.wait(LOOK_MS)
      }
      return unknown
    } finally {
      this.#held -= 1
    }
  }

  async #logNew(projectId: string, placed: readonly PlacedEntry[], reasons: Reasons): Promise<void> {
    const unknown = await this.#known.without(projectId, placed)
    for (let from = 0; from < unknown.length; from += IN_FLIGHT) {
      await Promise.all(unknown.slice(from, from + IN_FLIGHT).map((one) => this.#log(one, reasons)))
    }
  }

  async #log({ entry, source }: PlacedEntry, reasons: Reasons): Promise<void> {
    try {
      const said =
        this.#options.messages === true ? new Conversation(this.#ledger, entry, source.spans) : undefined
      const included = await said?.keepInput()
      await this.#ledger.logLLMRequest(
        included === undefined ? entry : { ...entry, messages_included: included },
      )
      await said?.keepOutput()
    } catch (error) {
      if (!isOfTheEntry(error)) throw error
      reasons.add(`it cannot be an entry (${error.code})`)
    }
  }
}

/** What is wrong with one entry is no reason to refuse the others. */
function isOfTheEntry(error: unknown): error is LedgerlineError {
  if (!(error instanceof LedgerlineError)) return false
  return error.code.startsWith('INVALID_') || ['ENTRY_TOO_LARGE', 'PROJECT_NOT_FOUND'].includes(error.code)
}
