/** While the rows of one file are packed, the engine reads the next. */
export class ReadAhead<T> {
  readonly #read: (path: string) => Promise<T>
  readonly #coming: string[]
  readonly #started = new Map<string, Promise<T>>()

  /** `coming` are the paths that will likely be asked for, in that order. */
  constructor(coming: readonly string[], read: (path: string) => Promise<T>) {
    this.#coming = [...coming]
    this.#read = read
  }

  async take(path: string): Promise<T> {
    const taken = this.#start(path)
    this.#started.delete(path)
    const result = await taken
    const next = this.#coming[this.#coming.indexOf(path) + 1]
    // What fails is told to whom it is given.
    if (next !== undefined) this.#start(next).catch(() => {})
    return result
  }

  #start(path: string): Promise<T> {
    const started = this.#started.get(path) ?? this.#read(path)
    this.#started.set(path, started)
    return started
  }
}
