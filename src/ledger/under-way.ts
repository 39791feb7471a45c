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
    await before(deadlineMs, (wait) => this.#untilEmpty(wait))
  }

  /** The same of what is under way now, and of what that begins: others may always be. */
  async settledSoFar(deadlineMs: number): Promise<void> {
    await before(deadlineMs, async () => {
      for (let steps = 0; steps < MAX_STEPS; steps++) await Promise.allSettled([...this.#work])
    })
  }

  async #untilEmpty(wait: { isOver: boolean }): Promise<void> {
    while (this.#work.size > 0 && !wait.isOver) await Promise.allSettled([...this.#work])
  }
}

/** Work that begins other work: the body of a failed answer is read, then its call ends, then that is written. */
const MAX_STEPS = 3

async function before(deadlineMs: number, work: (wait: { isOver: boolean }) => Promise<void>): Promise<void> {
  const wait = { isOver: false }
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadlineMs)
  })
  await Promise.race([work(wait), deadline])
  wait.isOver = true
  clearTimeout(timer)
}
