/** The counts of all ledgers that ever wrote to the workspace, and what this one adds to them. */
import { join } from 'node:path'
import type { Tally } from '../tally.js'
import { countFolder, readCounts, sumOf } from './count-folder.js'
import type { CountTable } from './counts.js'
import { foldCounts } from './fold-counts.js'
import { OwnCounts } from './own-counts.js'

export interface IntegrityDeskParts {
  /** Absolute. */
  readonly workspace: string
  readonly tally: Tally
  /** To the system log; never throws. */
  readonly report: (message: string, context: Readonly<Record<string, unknown>>) => void
}

export class IntegrityDesk {
  readonly #parts: IntegrityDeskParts
  readonly #folder: string
  readonly #own: OwnCounts
  readonly #told = new Set<string>()
  #folding: Promise<void> = Promise.resolve()

  constructor(parts: IntegrityDeskParts) {
    const { workspace, tally, report } = parts
    this.#parts = parts
    this.#folder = countFolder(workspace)
    this.#own = new OwnCounts({ folder: this.#folder, counts: () => tally.byProject(), report })
  }

  /** Folds, in the background, what ledgers that are gone left. */
  start(): void {
    this.#folding = foldCounts(this.#folder).catch((error: unknown) => {
      this.#parts.report('the files of counts could not be folded', { error })
    })
  }

  /** To be called when the tally has changed. */
  changed(): void {
    this.#own.changed()
  }

  /** Of this ledger as they are, of others as they were last written. Throws FileSystemError LOG_READ_ERROR. */
  async sum(): Promise<CountTable> {
    const found = await readCounts(this.#folder)
    for (const name of found.unreadable.filter((unreadable) => !this.#told.has(unreadable))) {
      this.#told.add(name)
      this.#parts.report('a file of counts cannot be read and does not count', {
        path: join(this.#folder, name),
      })
    }
    const sum = sumOf(found, this.#own.name)
    sum.addAll(await this.#parts.tally.byProject())
    return sum
  }

  async close(): Promise<void> {
    await this.#folding
    await this.#own.close()
  }
}
