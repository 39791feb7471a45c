/** What an import did, or would do. */
import type { LedgerlineError } from '../errors.js'
import { type ImportFormat, SKIP_REASONS, type SkipReason } from './importer.js'
import type { ModelSums } from './logged-sums.js'

export interface SkippedRecords {
  readonly reason: SkipReason
  readonly records: number
}

export interface ImportReport {
  readonly format: ImportFormat
  readonly dryRun: boolean
  /** A signal ended it early; another run goes on. */
  readonly cancelled: boolean
  readonly files: number
  readonly bytes: number
  /** Lines, or objects of an array, whatever they are about. */
  readonly records: number
  /** Calls that were not in the project. */
  readonly newEntries: number
  /** Calls that were there in an earlier state. */
  readonly changedEntries: number
  /** Calls that were there as they are. */
  readonly knownEntries: number
  /** Records that make no entry although they are about calls, or damaged. */
  readonly skipped: readonly SkippedRecords[]
  /** Of new and changed entries. A list, and no map: names of models are anybody's. */
  readonly byModel: readonly ModelSums[]
  /** Files that could not be read: PATH_IS_SYMLINK, SOURCE_UNREADABLE. */
  readonly problems: readonly LedgerlineError[]
}

export class SkipCounts {
  readonly #counts = new Map<SkipReason, number>()

  add(reason: SkipReason): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1)
  }

  /** Those that occurred, in the order of SKIP_REASONS. */
  read(): SkippedRecords[] {
    return SKIP_REASONS.flatMap((reason) => {
      const records = this.#counts.get(reason)
      return records === undefined ? [] : [{ reason, records }]
    })
  }
}
