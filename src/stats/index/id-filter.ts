/** Says of most ids that they are new, from a few bits each; of the others they may be known (a Bloom filter). */

/** With two bits set an id, fewer than one in a hundred new ones look known. */
const BITS_PER_ID = 24
const MIN_IDS = 1 << 12
const MAX_POWER = 31

export class IdFilter {
  readonly #bits: Uint32Array
  readonly #mask: number
  /** Ids it was made for; with more it still works, and says less. */
  readonly capacity: number

  constructor(ids: number) {
    // A power of two, so that a word of a key gives a place without a division; and always with room for more.
    const size = 2 ** Math.min(MAX_POWER, Math.ceil(Math.log2((Math.max(ids, MIN_IDS) + 1) * BITS_PER_ID)))
    this.#bits = new Uint32Array(size / 32)
    this.#mask = size - 1
    this.capacity = size === 2 ** MAX_POWER ? Number.POSITIVE_INFINITY : size / BITS_PER_ID
  }

  /** Adds the id of two words of a key; false when it may have been there. */
  add(first: number, second: number): boolean {
    const one = first & this.#mask
    const two = second & this.#mask
    const bits = this.#bits
    const oneWord = bits[one >>> 5] ?? 0
    const isNew = (oneWord & (1 << (one & 31))) === 0 || ((bits[two >>> 5] ?? 0) & (1 << (two & 31))) === 0
    bits[one >>> 5] = oneWord | (1 << (one & 31))
    bits[two >>> 5] = (bits[two >>> 5] ?? 0) | (1 << (two & 31))
    return isNew
  }

  has(first: number, second: number): boolean {
    const one = first & this.#mask
    const two = second & this.#mask
    return (
      ((this.#bits[one >>> 5] ?? 0) & (1 << (one & 31))) !== 0 &&
      ((this.#bits[two >>> 5] ?? 0) & (1 << (two & 31))) !== 0
    )
  }
}
