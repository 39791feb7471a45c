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
  async settled(deadlineMs?: number): Promise<void> {
    if (deadlineMs === undefined) return this.#untilEmpty({ isOver: false })
    const wait = { isOver: false }
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, deadlineMs)
    })
    await Promise.race([this.#untilEmpty(wait), deadline])
    wait.isOver = true
    clearTimeout(timer)
  }

  async #untilEmpty(wait: { isOver: boolean }): Promise<void> {
    while (this.#work.size > 0 && !wait.isOver) await Promise.allSettled([...this.#work])
  }
}
