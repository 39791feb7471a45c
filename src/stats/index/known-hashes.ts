/** Codes by 64-bit hashes. */
export class KnownHashes {
  /** By the 53 bits that a number holds; the other 11 are in `rest`, and by all where they differ. */
  readonly #byNumber = new Map<number, number>()
  readonly #rest: number[] = []
  readonly #byText = new Map<string, number>()

  codeOf(high: number, low: number): number | undefined {
    const code = this.#byNumber.get(high * 2 ** 21 + (low >>> 11))
    if (code === undefined || this.#rest[code] === (low & 2047)) return code
    return this.#byText.get(`${high}:${low}`)
  }

  add(high: number, low: number, code: number): number {
    const number = high * 2 ** 21 + (low >>> 11)
    if (this.#byNumber.has(number)) this.#byText.set(`${high}:${low}`, code)
    else {
      this.#byNumber.set(number, code)
      this.#rest[code] = low & 2047
    }
    return code
  }
}
