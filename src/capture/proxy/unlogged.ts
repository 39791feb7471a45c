/** Requests that passed and were not logged: each is counted, and the system log says why, not once for each. */
import type { Ledger } from '../../ledger.js'

export type UnloggedLedger = Pick<Ledger, 'logWarning' | 'countUnlogged'>

const INTERVAL_MS = 60_000
const MAX_REASONS = 1_000

export class Unlogged {
  readonly #ledger: UnloggedLedger
  readonly #told = new Map<string, { at: number; since: number }>()

  constructor(ledger: UnloggedLedger) {
    this.#ledger = ledger
  }

  /** Counts it. Writes the first of a kind at once, then at most one line a minute with how many there were since. */
  tell(reason: string, context: Readonly<Record<string, string>>): void {
    this.#ledger.countUnlogged()
    const key = JSON.stringify([reason, context])
    const now = performance.now()
    const known = this.#told.get(key)
    if (known !== undefined && now - known.at < INTERVAL_MS) {
      known.since += 1
      return
    }
    if (this.#told.size >= MAX_REASONS) this.#told.clear()
    this.#told.set(key, { at: now, since: 0 })
    const requests = (known?.since ?? 0) + 1
    this.#ledger
      .logWarning(`a proxied request was not logged: ${reason}`, { ...context, requests })
      .catch(() => {})
  }
}
