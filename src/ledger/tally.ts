/** What became of every call of this process since it opened the ledger. */
import type { Integrity } from '../stats/stats-engine.js'

export class Tally {
  persisted = 0
  /** The caller was told, by an error. */
  rejected = 0
  /** Given up in the mode that does not throw. */
  dropped = 0
  recovered = 0

  /** A call counts as received once its fate is known, so the sum holds at every moment. */
  read(damaged: number): Integrity {
    const { persisted, rejected, dropped, recovered } = this
    return { received: persisted + rejected + dropped, persisted, rejected, dropped, damaged, recovered }
  }
}
