/** How often lines are written that nobody waits for. */

/**
 * From the beginning of one write to that of the next, ms. A write costs two threads a wake-up, whatever it holds; the
 * first after a pause is not held up.
 */
const INTERVAL_MS = 10

export class Pace {
  readonly #go: () => void
  #began = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined

  /** `go` is called when a wait is over. */
  constructor(go: () => void) {
    this.#go = go
  }

  /** A write begins now, so nothing waits any more. */
  begin(): void {
    this.hurry()
    this.#began = performance.now()
  }

  /** True when the next write is not due yet; `go` is then called when it is. */
  waits(): boolean {
    if (this.#timer !== undefined) return true
    const left = this.#began + INTERVAL_MS - performance.now()
    if (left <= 0) return false
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#go()
    }, left)
    return true
  }

  /** Ends the wait; true when there was one. */
  hurry(): boolean {
    if (this.#timer === undefined) return false
    clearTimeout(this.#timer)
    this.#timer = undefined
    return true
  }
}
