/** Settled calls to entries: which of them the project lacks, what they cost, and their way into the ledger. */
import type { LLMRequestLogEntry } from '../entry/entry.js'
import { prepareEntry } from '../entry/prepare.js'
import { redactText } from '../entry/redact.js'
import { formatInstant } from '../entry/timestamp.js'
import { LedgerlineError } from '../errors.js'
import type { Ledger } from '../ledger.js'
import type { Prices } from '../pricing/prices.js'
import { markNumber, markOf } from './import-id.js'
import type { SkipCounts } from './import-report.js'
import type { Candidate, Importer } from './importer.js'
import { type LoggedCall, LoggedSums } from './logged-sums.js'
import { clearlyOutranks, outranks } from './rank.js'
import { rankOf } from './settling-calls.js'
import type { KnownState, StateTable } from './state-table.js'

export interface CallLogParts {
  readonly ledger: Pick<Ledger, 'logLLMRequest'>
  readonly projectId: string
  readonly importer: Importer
  /** What the project holds; kept up to date. */
  readonly states: StateTable
  readonly prices: Prices
  readonly skipped: SkipCounts
  /** Nothing is logged. */
  readonly dryRun: boolean
}

export class CallLog {
  readonly sums = new LoggedSums()
  added = 0
  changed = 0
  known = 0
  readonly #parts: CallLogParts
  #underWay: Promise<unknown>[] = []
  /** The first; nothing is logged after it. */
  #failure: { readonly error: unknown } | undefined

  constructor(parts: CallLogParts) {
    this.#parts = parts
  }

  /** Begins to log the call where the project lacks this state of it. */
  take(candidate: Candidate): void {
    const { states, skipped } = this.#parts
    const { id } = candidate
    const before = states.get(id)
    let mark: string
    try {
      mark = markOf(candidate.startMs, candidate.endMs, candidate.entry)
    } catch {
      // What somebody nested so deep that JSON cannot be written.
      skipped.add('refused')
      return
    }
    if (before !== undefined && !this.#isNewer(candidate, markNumber(mark), before)) {
      if (before.isMet) skipped.add('superseded')
      else this.known++
      states.set(id, { ...before, isMet: true })
      return
    }
    this.#log(candidate, mark, before)
  }

  /** Waits for what was begun. Rejects as logLLMRequest does. */
  async settle(): Promise<void> {
    const begun = this.#underWay
    this.#underWay = []
    await Promise.all(begun)
    if (this.#failure !== undefined) throw this.#failure.error
  }

  #isNewer(candidate: Candidate, mark: number | undefined, before: KnownState): boolean {
    if (before.mark === mark || this.#parts.importer.keeps === 'first') return false
    const rank = rankOf(candidate)
    // Of two copies that differ one must win for good, or each run would log both again.
    return before.isMet || before.mark === undefined ? clearlyOutranks(rank, before) : outranks(rank, before)
  }

  #log(candidate: Candidate, mark: string, before: KnownState | undefined): void {
    const { ledger, states, skipped, dryRun } = this.#parts
    const { id } = candidate
    const { isFinished } = rankOf(candidate)
    const endMs = loggedEndOf(candidate, before)
    const entry = this.#entryOf(candidate, endMs, mark)
    const call = this.#priced(entry)
    if (call === undefined) {
      skipped.add('refused')
      return
    }
    let logged = before?.logged
    if (logged === undefined) {
      logged = this.sums.add(call)
      if (before === undefined) this.added++
      else this.changed++
    } else {
      this.sums.replace(logged, call)
      skipped.add('superseded')
    }
    // The end as the line has it: the next run ranks by that, and the ledger keeps the line by it.
    states.set(id, { endMs, isFinished, mark: markNumber(mark), isMet: true, logged })
    if (dryRun || this.#failure !== undefined) return
    const logging = ledger.logLLMRequest(entry).catch((error: unknown) => {
      this.#failure ??= { error }
    })
    this.#underWay.push(logging)
  }

  #entryOf(candidate: Candidate, endMs: number, mark: string): LLMRequestLogEntry {
    const { projectId, importer } = this.#parts
    const { id, startMs, entry } = candidate
    return {
      ...entry,
      id,
      project_id: projectId,
      timestamp_start: formatInstant(startMs),
      timestamp_end: formatInstant(endMs),
      metadata: { ...entry.metadata, import_format: importer.format, import_mark: mark },
    }
  }

  /** What the ledger will count; undefined where it refuses the entry. */
  #priced(entry: LLMRequestLogEntry): LoggedCall | undefined {
    try {
      const prepared = prepareEntry(entry, Date.now(), 'importLogs')
      const { model, prompt, completion, needsPrice } = prepared
      const priced = needsPrice ? this.#parts.prices.price(prepared).amount : prepared.cost
      // As it will be in the line; the report is printed.
      return { model: redactText(model), prompt, completion, cost: priced ?? undefined }
    } catch (error) {
      if (error instanceof LedgerlineError) return undefined
      throw error
    }
  }
}

/** A finished state may carry an earlier time than the one it replaces; of two final lines the later end counts. */
function loggedEndOf({ startMs, endMs }: Candidate, before: KnownState | undefined): number {
  return Math.max(startMs, endMs, before?.endMs ?? endMs)
}
