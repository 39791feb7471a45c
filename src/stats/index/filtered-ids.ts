/** Blocks, and a filter of the ids of their rows. */

import type { Slices } from '../slices.js'
import { IdFilter } from './id-filter.js'
import { overlapped } from './overlapped.js'
import type { Block, IdKey } from './rows.js'
import type { SavedIds } from './saved-ids.js'

const STRIDE = 4096

export class FilteredIds {
  #filter = IdFilter.forMoreThan(0)
  /** Ids in the filter, also those of blocks that are gone. */
  #held = 0
  /** How many rows of each block are in it. */
  readonly #counts = new Map<Block, number>()
  /** Of lasting blocks of a file of ids that nobody asked for yet. */
  #unclaimed = new Set<string>()

  get blocks(): readonly Block[] {
    return [...this.#counts.keys()]
  }

  get held(): number {
    return this.#held
  }

  /** Ids of blocks that are there. */
  get live(): number {
    let live = 0
    for (const count of this.#counts.values()) live += count
    return live
  }

  /** Of all lasting blocks whose ids are in it. */
  get identities(): Iterable<string> {
    return new Set([...this.#unclaimed, ...this.blocks.flatMap(({ identity }) => identity ?? [])])
  }

  /** Whether there are ids of blocks that nobody asked for yet. */
  get hasUnclaimed(): boolean {
    return this.#unclaimed.size > 0
  }

  get bits(): Uint32Array {
    return this.#filter.bits
  }

  countOf(block: Block): number {
    return this.#counts.get(block) ?? 0
  }

  forget(block: Block): void {
    this.#counts.delete(block)
  }

  /** Takes the block as there when its ids are in it by a file; a second one of the same identity is another. */
  claim(block: Block): boolean {
    if (block.identity === undefined || !this.#unclaimed.delete(block.identity)) return false
    this.#counts.set(block, block.count)
    return true
  }

  /** In place of what it has, which is nothing. */
  use({ bits, ids, identities }: SavedIds): void {
    this.#filter = new IdFilter(bits)
    this.#held = ids
    this.#unclaimed = new Set(identities)
  }

  /** Adds the rows that are not in it; `onKnown` is told of ids that it may have had, or `other` has. */
  async add(
    blocks: readonly Block[],
    other: FilteredIds | undefined,
    onKnown: (key: IdKey) => void,
    slices: Slices,
  ): Promise<void> {
    const more = blocks.reduce((sum, block) => sum + block.count - this.countOf(block), 0)
    if (this.#held + more > this.#filter.capacity) await this.makeAnew(more, slices)
    for await (const [block, words] of overlapped(blocks, (each) => each.idWords())) {
      await this.#put(words, this.countOf(block), block.count, other, onKnown, slices)
      this.#counts.set(block, block.count)
    }
  }

  /** Without what is gone, and with room for `more`. */
  async makeAnew(more: number, slices: Slices): Promise<void> {
    this.#held = 0
    this.#filter = IdFilter.forMoreThan(this.live + more)
    this.#unclaimed.clear()
    for await (const [block, words] of overlapped(this.blocks, (each) => each.idWords())) {
      await this.#put(words, 0, this.countOf(block), undefined, () => {}, slices)
    }
  }

  async #put(
    words: Uint32Array,
    from: number,
    to: number,
    other: FilteredIds | undefined,
    onKnown: (key: IdKey) => void,
    slices: Slices,
  ): Promise<void> {
    const filter = this.#filter
    const otherFilter = other === undefined ? undefined : other.#filter
    this.#held += to - from
    for (let at = from; at < to; at++) {
      if (at % STRIDE === 0 && slices.isOver) await slices.rest()
      const first = words[at * 3] ?? 0
      const second = words[at * 3 + 1] ?? 0
      const third = words[at * 3 + 2] ?? 0
      const isNew = filter.add(first, second, third)
      if (!isNew || otherFilter?.has(first, second, third) === true) onKnown([first, second, third])
    }
  }
}
