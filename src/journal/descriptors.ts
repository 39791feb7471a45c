/** How many of some files are open at once: who wants one more waits, and the one longest unused is closed for it. */

export interface Permit {
  /** Begins to close the file when nothing is under way, and then gives the permit back; false when it is busy. */
  readonly closeIdle: () => boolean
}

export class Descriptors {
  readonly #max: number
  /** In order of the last use. */
  readonly #given = new Set<Permit>()
  readonly #waiting: (() => void)[] = []

  constructor(max: number) {
    this.#max = max
  }

  /** Somebody waits: who is done with a write closes its file. */
  get isWanted(): boolean {
    return this.#waiting.length > 0
  }

  async take(closeIdle: Permit['closeIdle']): Promise<Permit> {
    while (this.#given.size >= this.#max) {
      for (const other of this.#given) if (other.closeIdle()) break
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    const permit = { closeIdle }
    this.#given.add(permit)
    return permit
  }

  used(permit: Permit): void {
    if (this.#given.delete(permit)) this.#given.add(permit)
  }

  giveBack(permit: Permit): void {
    if (this.#given.delete(permit)) this.#waiting.shift()?.()
  }
}
