/** Entries the disk refused in the mode that does not throw, counted as dropped: kept within a bound and written when it takes them. */
import type { CountedRequest } from '../stats/counted-request.js'

/** Epoch ms. */
export type LateRequest = CountedRequest & { readonly startMs: number }

/** A line that could not be written, with what is counted once it is. */
export interface LateLine {
  readonly request: LateRequest
  readonly line: string
}

const MAX_LINES = 1_000
const MAX_CHARACTERS = 8 * 1024 * 1024
const RETRY_MS = 1_000

export interface LateLinesOptions {
  /** Rejects while the disk refuses. */
  readonly write: (late: LateLine) => Promise<void>
  /** An entry was given up: the bound is reached, or the ledger closed. */
  readonly onDropped: (late: LateLine) => void
}

export class LateLines {
  readonly #options: LateLinesOptions
  readonly #lines: LateLine[] = []
  #characters = 0
  #timer: NodeJS.Timeout | undefined
  #retrying: Promise<void> | undefined

  constructor(options: LateLinesOptions) {
    this.#options = options
  }

  keep(late: LateLine): void {
    if (this.#lines.length >= MAX_LINES || this.#characters + late.line.length > MAX_CHARACTERS) {
      this.#options.onDropped(late)
      return
    }
    this.#lines.push(late)
    this.#characters += late.line.length
    this.#timer ??= setInterval(() => void this.retry(), RETRY_MS).unref()
  }

  /** Writes what it can, in order; stops at the first line the disk refuses. */
  retry(): Promise<void> {
    this.#retrying ??= this.#drain().finally(() => {
      this.#retrying = undefined
    })
    return this.#retrying
  }

  async close(): Promise<void> {
    await this.retry()
    for (const late of this.#lines.splice(0)) this.#options.onDropped(late)
    this.#stop()
  }

  async #drain(): Promise<void> {
    for (let late = this.#lines[0]; late !== undefined; late = this.#lines[0]) {
      try {
        await this.#options.write(late)
      } catch {
        return
      }
      this.#lines.shift()
      this.#characters -= late.line.length
    }
    this.#stop()
  }

  #stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
