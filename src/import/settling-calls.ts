/** The last calls of a file: further states of them may follow in the next lines. */
import type { Candidate, Importer } from './importer.js'
import { outranks, type Ranked } from './rank.js'

/** States of a call stand close together; one that comes later than this replaces what was logged. */
const MAX_WAITING = 512

export interface Settled {
  call(candidate: Candidate): void
  superseded(): void
}

export class SettlingCalls {
  readonly #keeps: Importer['keeps']
  readonly #settled: Settled
  readonly #waiting = new Map<string, Candidate>()

  constructor(keeps: Importer['keeps'], settled: Settled) {
    this.#keeps = keeps
    this.#settled = settled
  }

  add(candidate: Candidate): void {
    const { id } = candidate
    const before = this.#waiting.get(id)
    if (before === undefined) {
      this.#waiting.set(id, candidate)
      if (this.#waiting.size > MAX_WAITING) this.#settleOldest()
      return
    }
    this.#settled.superseded()
    if (this.#keeps === 'first') return
    const winner = outranks(rankOf(candidate), rankOf(before)) ? candidate : before
    // The call began when its first state was written.
    const startMs = Math.min(candidate.startMs, before.startMs)
    // Taken out and put back, it is the last to be settled.
    this.#waiting.delete(id)
    this.#waiting.set(id, { ...winner, startMs })
  }

  /** At the end of the file. */
  settleAll(): void {
    while (this.#waiting.size > 0) this.#settleOldest()
  }

  #settleOldest(): void {
    for (const [id, candidate] of this.#waiting) {
      this.#waiting.delete(id)
      this.#settled.call(candidate)
      return
    }
  }
}

export function rankOf({ endMs, entry }: Candidate): Ranked {
  return { endMs, isFinished: entry.finish_reason !== undefined }
}
