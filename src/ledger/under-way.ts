/** Promises that close() waits for. */

export class UnderWay {
  readonly #work = new Set<Promise<unknown>>()

  /** Counts the work until it settles. A failure stays its caller's business. */
  track<T>(work: Promise<T>): Promise<T> {
    this.#work.add(work)
    const done = (): boolean => this.#work.delete(work)
    work.then(done, done)
    return work
  }

  /** Resolves when nothing is under way, also what began while waiting; after `deadlineMs` at the latest. */
  async settled(deadlineMs = Number.POSITIVE_INFINITY): Promise<void> {
    const deadline = Date.now() + deadlineMs
    while (this.#work.size > 0 && Date.now() < deadline) await Promise.allSettled([...this.#work])
  }
}
