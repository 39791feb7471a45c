/** Which entries were printed already. An entry that ended meanwhile is new again: its state is. */
import type { LoggedEntry } from '../index.js'

/** More than one look at the log can return, so that nothing is forgotten while it can still be met. */
const REMEMBERED = 10_000

export class SeenEntries {
  readonly #states = new Map<string, string>()

  constructor(entries: readonly LoggedEntry[]) {
    this.takeNew(entries)
  }

  /** Those of the entries that were not seen in this state; from now on they are. Keeps the order. */
  takeNew(entries: readonly LoggedEntry[]): LoggedEntry[] {
    const fresh = entries.filter((entry) => this.#states.get(entry.id) !== stateOf(entry))
    for (const entry of entries) {
      // Taken out and put back, it is the last to be forgotten.
      this.#states.delete(entry.id)
      this.#states.set(entry.id, stateOf(entry))
    }
    for (const id of this.#states.keys()) {
      if (this.#states.size <= REMEMBERED) break
      this.#states.delete(id)
    }
    return fresh
  }
}

function stateOf(entry: LoggedEntry): string {
  return `${entry.status} ${entry.timestamp_end ?? ''}`
}
