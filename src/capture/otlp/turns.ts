/** Work that is done one after the other, by what it is done for. */
export class Turns {
  /** The last work of each. */
  readonly #last = new Map<string, Promise<unknown>>()

  /** Settles as the work does, which begins when the work before it has ended, however that ended. */
  async take(key: string, work: () => Promise<void>): Promise<void> {
    const before = this.#last.get(key)?.catch(() => undefined)
    const mine = Promise.resolve(before).then(work)
    this.#last.set(key, mine)
    try {
      await mine
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key)
    }
  }
}
