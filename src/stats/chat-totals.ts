/** The sums of a chat as the live counters count them, and many of them in little memory. */
import { createHash } from 'node:crypto'

/** Places of the sums. Cost is in 1e-12 USD, latency in ms. */
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
} as const
export const TOTALS = 9

/** First bytes of the MD5 of a chat's id, as three little-endian words; who makes two of one key shares their sums. */
export type ChatKey = readonly [number, number, number]

export function chatKey(chatId: string): ChatKey {
  const digest = createHash('md5').update(chatId).digest()
  return [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8)]
}

/** Sums of the chats of a part of the log. */
export interface ChatTotals {
  readonly projectId: string
  readonly key: ChatKey
  /** TOTALS numbers from `at` on. */
  readonly sums: Float64Array
  readonly at: number
}

const FIRST_CAPACITY = 16

/** An open-addressed table, about 130 bytes a chat: half a million of them are no objects to be looked after. */
export class ChatTable {
  #keys = new Uint32Array(FIRST_CAPACITY * 3)
  #sums = new Float64Array(FIRST_CAPACITY * TOTALS)
  /** Row + 1 of a chat, 0 for none. */
  #slots = new Uint32Array(FIRST_CAPACITY * 2)
  #count = 0

  add(key: ChatKey, sums: Float64Array, from: number): void {
    const row = this.#rowOf(key) ?? this.#append(key)
    for (let at = 0; at < TOTALS; at++) {
      this.#sums[row * TOTALS + at] = (this.#sums[row * TOTALS + at] ?? 0) + (sums[from + at] ?? 0)
    }
  }

  /** The sums of the chat; undefined when there are none. */
  get(key: ChatKey): Float64Array | undefined {
    const row = this.#rowOf(key)
    return row === undefined ? undefined : this.#sums.subarray(row * TOTALS, (row + 1) * TOTALS)
  }

  #rowOf(key: ChatKey): number | undefined {
    const mask = this.#slots.length - 1
    for (let slot = key[0] & mask; ; slot = (slot + 1) & mask) {
      const row = (this.#slots[slot] ?? 0) - 1
      if (row < 0) return undefined
      if (key.every((word, at) => this.#keys[row * 3 + at] === word)) return row
    }
  }

  #append(key: ChatKey): number {
    if (this.#count * 3 === this.#keys.length) this.#grow()
    const row = this.#count
    this.#keys.set(key, row * 3)
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
