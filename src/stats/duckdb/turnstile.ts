/** Lets a bounded number of tasks run at once; the others wait in order. */
export class Turnstile {
  readonly #limit: number
  readonly #waiting: (() => void)[] = []
  readonly #running = new Set<Promise<unknown>>()
  #taken = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  async pass<T>(task: () => Promise<T>): Promise<T> {
    if (this.#taken >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#taken += 1
    const running = task()
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
      // The place goes straight to the next one, so that nobody slips in between.
      const next = this.#waiting.shift()
      if (next === undefined) this.#taken -= 1
      else next()
    }
  }

  /** Resolves when nothing runs and nothing waits. */
  async idle(): Promise<void> {
    while (this.#taken > 0) {
      await Promise.allSettled(this.#running)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}
