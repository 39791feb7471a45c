/** Codes by 64-bit hashes, in an open-addressed table: a Map of them makes an object for each number it is asked for. */
import { randomInt } from 'node:crypto'

const FIRST_SLOTS = 1 << 10
/** Texts are chosen by others: not even they can know which places theirs share. */
const SEED = randomInt(2 ** 31) * 2 + 1
/** High half, low half, code + 1; 0 for a free slot. */
const WORDS = 3

export class KnownHashes {
  #slots = new Uint32Array(FIRST_SLOTS * WORDS)
  #mask = FIRST_SLOTS - 1
  #count = 0

  codeOf(high: number, low: number): number | undefined {
    const code = this.#slots[this.#slotOf(high, low) + 2] ?? 0
    return code === 0 ? undefined : code - 1
  }

  add(high: number, low: number, code: number): number {
    if (this.#count * 2 > this.#mask) this.#grow()
    const slot = this.#slotOf(high, low)
    if (this.#slots[slot + 2] === 0) this.#count += 1
    this.#slots[slot] = high
    this.#slots[slot + 1] = low
    this.#slots[slot + 2] = code + 1
    return code
  }

  /** Its own, or the free one where it would be. */
  #slotOf(high: number, low: number): number {
    const slots = this.#slots
    const first = Math.imul(low ^ Math.imul(high, SEED), SEED) >>> 8
    for (let at = first & this.#mask; ; at = (at + 1) & this.#mask) {
      const slot = at * WORDS
      if (slots[slot + 2] === 0 || (slots[slot + 1] === low && slots[slot] === high)) return slot
    }
  }

  #grow(): void {
    const before = this.#slots
    this.#mask = this.#mask * 2 + 1
    this.#slots = new Uint32Array((this.#mask + 1) * WORDS)
    for (let slot = 0; slot < before.length; slot += WORDS) {
      if (before[slot + 2] === 0) continue
      const place = this.#slotOf(before[slot] ?? 0, before[slot + 1] ?? 0)
      this.#slots.set(before.subarray(slot, slot + WORDS), place)
    }
  }
}
