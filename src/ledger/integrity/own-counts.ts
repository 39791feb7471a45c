/** The file of this ledger's counts: written when they changed, once a second at most. Never throws. */
import { randomUUID } from 'node:crypto'
import { ownIdentity } from '../../journal/process-identity.js'
import { writeCounts } from './count-folder.js'
import type { CountTable } from './counts.js'

export interface OwnCountsParts {
  readonly folder: string
  /** What the file is to hold. */
  readonly counts: () => Promise<CountTable>
  /** To the system log; never throws. */
  readonly report: (message: string, context: Readonly<Record<string, unknown>>) => void
}

const EVERY_MS = 1_000

export class OwnCounts {
  /** Of the file in the folder; there is none until something was counted. */
  readonly name = `${randomUUID()}.json`
  readonly #parts: OwnCountsParts
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #begunMs = Number.NEGATIVE_INFINITY
  #isChanged = false
  #isWritten = false
  #isRefused = false
  #isClosed = false

  constructor(parts: OwnCountsParts) {
    this.#parts = parts
  }

  /** To be called after each change. What comes after close() is in no file. */
  changed(): void {
    this.#isChanged = true
    if (this.#isClosed || this.#timer !== undefined) return
    const wait = Math.max(0, this.#begunMs + EVERY_MS - performance.now())
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#writing = this.#writing.then(() => this.#write(false))
    }, wait).unref()
  }

  /** The file says from then on that nobody writes it any more. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#writing
    if (this.#isChanged || this.#isWritten) await this.#write(true)
  }

  async #write(closed: boolean): Promise<void> {
    const { folder, counts, report } = this.#parts
    this.#begunMs = performance.now()
    try {
      const table = await counts()
      this.#isChanged = false
      await writeCounts(folder, this.name, { writer: ownIdentity(), closed, counts: table })
      this.#isWritten = true
      this.#isRefused = false
    } catch (error) {
      if (!this.#isRefused || closed) {
        report('the counts of what was rejected, dropped and recovered could not be written', { error })
      }
      this.#isRefused = true
      // They are kept in memory until there is space.
      this.changed()
    }
  }
}
