/** A column that gets longer. */

/** 2048 rows are a piece of a result. */
const FIRST_CAPACITY = 1 << 16

export class Growing<T extends Float64Array | Uint32Array> {
  readonly #make: (length: number) => T
  #values: T

  constructor(make: (length: number) => T) {
    this.#make = make
    this.#values = make(FIRST_CAPACITY)
  }

  /** The values, with room for as many. */
  upTo(length: number): T {
    if (length > this.#values.length) {
      const wider = this.#make(Math.max(length, this.#values.length * 2))
      wider.set(this.#values)
      this.#values = wider
    }
    return this.#values
  }
}
