/** Blocks, and a filter of the ids of their rows. */

import type { Slices } from '../../slices.js'
import { IdFilter } from './id-filter.js'
import { overlapped } from './overlapped.js'
import type { Block, IdKey } from './rows.js'
import type { SavedIds } from './saved-ids.js'

const STRIDE = 4096

/** Of a file of ids; with bits they are of the blocks that it names. */
export interface Used {
  readonly bits: SavedIds['bits'] | undefined
  readonly ids: number
  readonly identities: Iterable<string>
}

export class FilteredIds {
  #filter = IdFilter.forMoreThan(0)
  /** Ids in the filter, also those of blocks that are gone. */
  #held = 0
  /** How many rows of each block are in it. */
  readonly #counts = new Map<Block, number>()
  /** Of blocks of a file of ids that nobody asked for yet. */
  #unclaimed = new Set<string>()
  #hasUnclaimedIds = false
  /** Reads the filter of the file: while there is nothing new to put into it nobody needs it. */
  #readBits: SavedIds['bits'] | undefined
  /** Blocks whose ids no filter of the file has. They are put into this one with the first that is new. */
  readonly #unput = new Set<Block>()

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

  /** Once it is ready. */
  get bits(): Uint32Array {
    return this.#filter.bits
  }

  countOf(block: Block): number {
    return this.#counts.get(block) ?? 0
  }

  forget(block: Block): void {
    this.#counts.delete(block)
    this.#unput.delete(block)
  }

  /** Takes the block as there when its ids are known by a file; a second one of the same identity is another. */
  claim(block: Block): boolean {
    if (block.identity === undefined || !this.#unclaimed.delete(block.identity)) return false
    this.#counts.set(block, block.count)
    if (!this.#hasUnclaimedIds) this.#unput.add(block)
    return true
  }

  /** In place of what it has, which is nothing. */
  use({ bits, ids, identities }: Used): void {
    this.#readBits = bits
    this.#hasUnclaimedIds = bits !== undefined
    this.#held = ids
    this.#unclaimed = new Set(identities)
  }

  /** Blocks that nobody claimed by now are new when they come. */
  dropUnclaimed(): void {
    this.#unclaimed.clear()
  }

  /** Brings into the filter what is there. */
  async ready(slices: Slices): Promise<void> {
    if (this.#readBits !== undefined) {
      const bits = await this.#readBits()
      if (bits === undefined) return this.makeAnew(0, slices)
      this.#filter = new IdFilter(bits)
      this.#readBits = undefined
    }
    if (this.#unput.size === 0) return
    const blocks = [...this.#unput]
    if (this.#held + idsOf(blocks) > this.#filter.capacity) return this.makeAnew(0, slices)
    for await (const [block, words] of overlapped(blocks, (each) => each.idWords())) {
      await this.#put(words, 0, this.countOf(block), undefined, () => {}, slices)
      this.#unput.delete(block)
    }
  }

  /** Adds the rows that are not in it; `onKnown` is told of ids that it may have had, or `other` has. */
  async add(
    blocks: readonly Block[],
    other: FilteredIds | undefined,
    onKnown: (key: IdKey) => void,
    slices: Slices,
  ): Promise<void> {
    if (blocks.length === 0) return
    await this.ready(slices)
    await other?.ready(slices)
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
    this.#unput.clear()
    this.#readBits = undefined
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

function idsOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { count }) => sum + count, 0)
}
