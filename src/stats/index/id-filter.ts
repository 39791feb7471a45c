/**
 * Says of most ids that they are new, from a few bits each; of the others they may be known. A Bloom filter in lines, so that
 * an id costs one look at memory (Putze, Sanders, Singler 2007); ids in the order of their keys go through the lines in order.
 */

const LINE_WORDS = 16
const LAST_WORD = LINE_WORDS - 1
const LINE_BITS = 512
/** With three bits set an id, fewer than one in five hundred new ones look known. */
const BITS_PER_ID = 24
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

  /** Adds the id of two words of a key; false when it may have been there. */
  add(first: number, second: number): boolean {
    const bits = this.#bits
    const line = this.#lineOf(first)
    const one = line + ((second >>> 5) & LAST_WORD)
    const two = line + ((second >>> 14) & LAST_WORD)
    const three = line + ((second >>> 23) & LAST_WORD)
    // A shift takes the last five bits of what it shifts by.
    const [oneBit, twoBit, threeBit] = [1 << second, 1 << (second >>> 9), 1 << (second >>> 18)]
    const isKnown =
      ((bits[one] ?? 0) & oneBit) !== 0 &&
      ((bits[two] ?? 0) & twoBit) !== 0 &&
      ((bits[three] ?? 0) & threeBit) !== 0
    bits[one] = (bits[one] ?? 0) | oneBit
    bits[two] = (bits[two] ?? 0) | twoBit
    bits[three] = (bits[three] ?? 0) | threeBit
    return !isKnown
  }

  has(first: number, second: number): boolean {
    const bits = this.#bits
    const line = this.#lineOf(first)
    return (
      ((bits[line + ((second >>> 5) & LAST_WORD)] ?? 0) & (1 << second)) !== 0 &&
      ((bits[line + ((second >>> 14) & LAST_WORD)] ?? 0) & (1 << (second >>> 9))) !== 0 &&
      ((bits[line + ((second >>> 23) & LAST_WORD)] ?? 0) & (1 << (second >>> 18))) !== 0
    )
  }

  #lineOf(first: number): number {
    return Math.floor(first * this.#linesPerWord) * LINE_WORDS
  }
}
