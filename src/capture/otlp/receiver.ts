/** An export of spans into the ledger: each call of a model once, whoever else logged it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { LedgerlineError } from '../../errors.js'
import type { Ledger } from '../../ledger.js'
import { Conversation } from './conversation.js'
import { entriesOf } from './entries-of.js'
import type { Receipt } from './export-answer.js'
import { type ExportHeaders, type PlacedEntry, type PlaceOptions, placeEntries } from './placed-entries.js'
import { ProjectNames } from './project-names.js'
import { Reasons } from './reasons.js'
import { RecentCalls } from './recent-calls.js'
import { isSameCall } from './same-call.js'

export type ReceiverLedger = Pick<
  Ledger,
  | 'logLLMRequest'
  | 'appendMessages'
  | 'findByResponseId'
  | 'listProjects'
  | 'createProject'
  | 'getProjectMetrics'
>

export interface ReceiverOptions extends PlaceOptions {
  /** Keep what was said in the chat log; default false. */
  readonly messages?: boolean | undefined
}

/** Epoch ms, and a pause. */
export interface Clock {
  now(): number
  wait(ms: number): Promise<unknown>
}

const SYSTEM_CLOCK: Clock = { now: Date.now, wait: (ms) => sleep(ms) }

/** A capture in the process that exports writes its line when the call ends, as the span does: one of them is first. */
const CAPTURE_MS = 1_000
const LOOK_MS = 100
/** Lines that wait for the disk at once. */
const IN_FLIGHT = 500

export class TraceReceiver {
  readonly #ledger: ReceiverLedger
  readonly #options: ReceiverOptions
  readonly #clock: Clock
  readonly #names: ProjectNames
  readonly #recent = new RecentCalls()
  /** By project, the last export that looks up what is known and logs the rest. */
  readonly #turns = new Map<string, Promise<unknown>>()

  constructor(ledger: ReceiverLedger, options: ReceiverOptions = {}, clock: Clock = SYSTEM_CLOCK) {
    this.#ledger = ledger
    this.#options = options
    this.#clock = clock
    this.#names = new ProjectNames(ledger)
  }

  /**
   * Resolves when the lines are at the ledger's durability level. `request` is what entriesOf takes. Throws as
   * placeEntries does, and what the ledger throws when the disk refuses or it is closed: then the whole export may come
   * again, since each entry replaces itself.
   */
  async receive(request: unknown, headers: ExportHeaders = {}): Promise<Receipt> {
    const { entries, rejected } = entriesOf(request, this.#recent)
    const reasons = new Reasons(rejected.map(({ reason }) => reason))
    const { byProject, refused } = await placeEntries(entries, headers, this.#names, this.#options)
    for (const reason of refused) reasons.add(reason)
    await Promise.all(
      [...byProject].map(async ([projectId, placed]) => {
        await this.#waitForCaptures(projectId, placed)
        await this.#inTurn(projectId, () => this.#logNew(projectId, placed, reasons))
      }),
    )
    return reasons.receipt()
  }

  /** Calls that ended just now, and that no capture has written yet. */
  async #waitForCaptures(projectId: string, placed: readonly PlacedEntry[]): Promise<void> {
    const begun = this.#clock.now()
    let unknown = placed.filter(({ entry }) => entry.response_id !== undefined)
    for (;;) {
      const now = this.#clock.now()
      unknown = unknown.filter(({ entry }) => Date.parse(entry.timestamp_end ?? '') + CAPTURE_MS > now)
      if (unknown.length === 0 || now >= begun + CAPTURE_MS) return
      unknown = await this.#without(projectId, unknown)
      if (unknown.length > 0) await this.#clock.wait(LOOK_MS)
    }
  }

  async #logNew(projectId: string, placed: readonly PlacedEntry[], reasons: Reasons): Promise<void> {
    const fresh = await this.#without(projectId, placed)
    for (let from = 0; from < fresh.length; from += IN_FLIGHT) {
      await Promise.all(fresh.slice(from, from + IN_FLIGHT).map((one) => this.#log(one, reasons)))
    }
  }

  /** Those that nobody else logged. What has the same id is this very span, exported before. */
  async #without(projectId: string, placed: readonly PlacedEntry[]): Promise<PlacedEntry[]> {
    const ids = placed.flatMap(({ entry }) =>
      typeof entry.response_id === 'string' ? [entry.response_id] : [],
    )
    if (ids.length === 0) return [...placed]
    const known = await this.#ledger.findByResponseId(projectId, ids)
    return placed.filter(({ entry }) => {
      const other = typeof entry.response_id === 'string' ? known.get(entry.response_id) : undefined
      if (other === undefined || other.id === entry.id) return true
      const times = {
        startMs: Date.parse(entry.timestamp_start ?? ''),
        endMs: Date.parse(entry.timestamp_end ?? ''),
      }
      return !isSameCall(times, other)
    })
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

  async #inTurn(projectId: string, work: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(projectId)?.catch(() => undefined)
    const mine = Promise.resolve(before).then(work)
    this.#turns.set(projectId, mine)
    try {
      await mine
    } finally {
      if (this.#turns.get(projectId) === mine) this.#turns.delete(projectId)
    }
  }
}

/** What is wrong with one entry is no reason to refuse the others. */
function isOfTheEntry(error: unknown): error is LedgerlineError {
  if (!(error instanceof LedgerlineError)) return false
  return error.code.startsWith('INVALID_') || ['ENTRY_TOO_LARGE', 'PROJECT_NOT_FOUND'].includes(error.code)
}
