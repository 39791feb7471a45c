/** Whether a pass may go on: its process still holds the claim, and the ledger is not being closed. */
import type { Role } from '../slot.js'

/** Ends a pass early; what it did so far stands, and the next one goes on from there. */
export class PassStopped extends Error {}

export class Permit {
  readonly #role: Role | undefined
  readonly #signal: AbortSignal

  /** Without a role nothing may be changed. */
  constructor(role: Role | undefined, signal: AbortSignal) {
    this.#role = role
    this.#signal = signal
  }

  /** Before each step that changes files. Throws PassStopped. */
  check(): void {
    if (this.#signal.aborted || this.#role?.isHeld() === false) throw new PassStopped('the pass was stopped')
  }
}
