/** What captures do behind their callers' backs. */
import { UnderWay } from './under-way.js'

/** Captures write in milliseconds; a host that calls on without end does not hold up its own close(). */
const DEADLINE_MS = 5_000

export class Deferred {
  readonly #work = new UnderWay()
  readonly #last = new Set<() => void>()

  /** `atExit` is what is left of the work when the process ends before it is done. */
  add(work: Promise<unknown>, atExit?: () => void): void {
    if (atExit !== undefined) this.#last.add(atExit)
    const done = (): void => {
      if (atExit !== undefined) this.#last.delete(atExit)
    }
    void this.#work.track(work).then(done, done)
  }

  /** Resolves when what was added until now is done. */
  async soFar(): Promise<void> {
    await seen()
    await this.#work.settledSoFar(DEADLINE_MS)
  }

  /** Resolves when nothing is left to do. */
  async all(): Promise<void> {
    await seen()
    await this.#work.settled(DEADLINE_MS)
  }

  /** The process ends. */
  leave(): void {
    for (const work of this.#last) work()
  }
}

/** A call that just failed reaches its capture a few microtasks after it reaches the caller. */
function seen(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
