/** The sums of a chat as the live counters count them, and many of them in little memory. */
import { createHash } from 'node:crypto'
import { carry } from './usd.js'

/** Places of the sums. Cost is in 1e-12 USD and in CARRY of these, latency in ms. */
export const TOTAL = {
  successful: 0,
  failed: 1,
  pending: 2,
  prompt: 3,
  completion: 4,
  latencySum: 5,
  latencyCount: 6,
  cost: 7,
  unpriced: 8,
  costHigh: 9,
} as const
export const TOTALS = 10

/** First bytes of the MD5 of a chat's id, as three little-endian words; who makes two of one key shares their sums. */
export type ChatKey = readonly [number, number, number]

export function chatKey(chatId: string): ChatKey {
  const digest = createHash('md5').update(chatId).digest()
  return [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8)]
}

/** Sums of chats, one after another. */
export interface ChatTotals {
  /** Three words of the key of each. */
  readonly keys: ArrayLike<number>
  /** TOTALS numbers of each. */
  readonly sums: Float64Array
}

const FIRST_CAPACITY = 16

/** An open-addressed table, about 140 bytes a chat: half a million of them are no objects to be looked after. */
export class ChatTable {
  #keys = new Uint32Array(FIRST_CAPACITY * 3)
  #sums = new Float64Array(FIRST_CAPACITY * TOTALS)
  /** Row + 1 of a chat, 0 for none. */
  #slots = new Uint32Array(FIRST_CAPACITY * 2)
  #count = 0

  /** Adds the sums of a chat of several. */
  add({ keys, sums }: ChatTotals, chat: number): void {
    const [one = 0, two = 0, three = 0] = [keys[chat * 3], keys[chat * 3 + 1], keys[chat * 3 + 2]]
    const known = this.#rowOf(one, two, three)
    const to = (known < 0 ? this.#append(one, two, three) : known) * TOTALS
    const from = chat * TOTALS
    for (let at = 0; at < TOTALS; at++) {
      this.#sums[to + at] = (this.#sums[to + at] ?? 0) + (sums[from + at] ?? 0)
    }
    carry(this.#sums, to + TOTAL.cost, to + TOTAL.costHigh)
  }

  /** The sums of the chat; undefined when there are none. */
  get([one, two, three]: ChatKey): Float64Array | undefined {
    const row = this.#rowOf(one, two, three)
    return row < 0 ? undefined : this.#sums.subarray(row * TOTALS, (row + 1) * TOTALS)
  }

  /** Below 0 for none. */
  #rowOf(one: number, two: number, three: number): number {
    const keys = this.#keys
    const mask = this.#slots.length - 1
    for (let slot = one & mask; ; slot = (slot + 1) & mask) {
      const row = (this.#slots[slot] ?? 0) - 1
      if (row < 0) return row
      if (keys[row * 3] === one && keys[row * 3 + 1] === two && keys[row * 3 + 2] === three) return row
    }
  }

  #append(one: number, two: number, three: number): number {
    if (this.#count * 3 === this.#keys.length) this.#grow()
    const row = this.#count
    this.#keys[row * 3] = one
    this.#keys[row * 3 + 1] = two
    this.#keys[row * 3 + 2] = three
    this.#place(row)
    this.#count += 1
    return row
  }

  #place(row: number): void {
    const mask = this.#slots.length - 1
    let slot = (this.#keys[row * 3] ?? 0) & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = row + 1
  }

  #grow(): void {
    const keys = new Uint32Array(this.#keys.length * 2)
    keys.set(this.#keys)
    this.#keys = keys
    const sums = new Float64Array(this.#sums.length * 2)
    sums.set(this.#sums)
    this.#sums = sums
    this.#slots = new Uint32Array(this.#slots.length * 2)
    for (let row = 0; row < this.#count; row++) this.#place(row)
  }
}
