/**
 * Says of most ids that they are new, from a few bits each; of the others they may be known. A Bloom filter in lines, so that
 * an id costs one look at memory (Putze, Sanders, Singler 2007); ids in the order of their keys go through the lines in order.
 */

const LINE_WORDS = 16
const LAST_WORD = LINE_WORDS - 1
const LINE_BITS = 512
/** With six bits set an id, fewer than one in a thousand new ones look known when it is full. */
const BITS_PER_ID = 24
/** Of the second and the third word three times nine bits tell a place in a line. */
const BITS_OF_WORD = 27
const MIN_IDS = 1 << 12
/** 256 MiB; a filter of more ids says less. */
const MAX_LINES = 2 ** 22
const WORDS = 2 ** 32

export class IdFilter {
  readonly #bits: Uint32Array
  readonly #linesPerWord: number

  /** Over bits that another one had, or zeros: whole lines. */
  constructor(bits: Uint32Array) {
    this.#bits = bits
    this.#linesPerWord = bits.length / LINE_WORDS / WORDS
  }

  /** An empty one with room for so many ids. */
  static for(ids: number, bitsPerId = BITS_PER_ID): IdFilter {
    const lines = Math.ceil((Math.max(ids, 1) * bitsPerId) / LINE_BITS)
    return new IdFilter(new Uint32Array(Math.min(lines, MAX_LINES) * LINE_WORDS))
  }

  /** An empty one with room for a quarter more, so that it is not made anew for each. */
  static forMoreThan(ids: number): IdFilter {
    return IdFilter.for(Math.max(ids, MIN_IDS) * 1.25)
  }

  get bits(): Uint32Array {
    return this.#bits
  }

  /** Ids that it holds at its best. */
  get capacity(): number {
    const lines = this.#bits.length / LINE_WORDS
    return lines === MAX_LINES ? Number.POSITIVE_INFINITY : (lines * LINE_BITS) / BITS_PER_ID
  }

  /** Adds the id of a key; false when it may have been there. */
  add(first: number, second: number, third: number): boolean {
    const isKnown = this.has(first, second, third)
    const bits = this.#bits
    const line = this.#lineOf(first)
    for (let shift = 0; shift < BITS_OF_WORD; shift += 9) {
      // A shift takes the last five bits of what it shifts by.
      const one = line + ((second >>> (shift + 5)) & LAST_WORD)
      bits[one] = (bits[one] ?? 0) | (1 << (second >>> shift))
      const two = line + ((third >>> (shift + 5)) & LAST_WORD)
      bits[two] = (bits[two] ?? 0) | (1 << (third >>> shift))
    }
    return !isKnown
  }

  has(first: number, second: number, third: number): boolean {
    const bits = this.#bits
    const line = this.#lineOf(first)
    for (let shift = 0; shift < BITS_OF_WORD; shift += 9) {
      const one = bits[line + ((second >>> (shift + 5)) & LAST_WORD)] ?? 0
      if ((one & (1 << (second >>> shift))) === 0) return false
      const two = bits[line + ((third >>> (shift + 5)) & LAST_WORD)] ?? 0
      if ((two & (1 << (third >>> shift))) === 0) return false
    }
    return true
  }

  #lineOf(first: number): number {
    return Math.floor(first * this.#linesPerWord) * LINE_WORDS
  }
}
