/** The ids of all rows that were read, and the places of those that came again. */

import type { Slices } from '../../slices.js'
import { FilteredIds } from './filtered-ids.js'
import type { Block, IdKey } from './rows.js'
import { loadIds, saveIds } from './saved-ids.js'

/** A row of a block. */
export interface Place {
  readonly block: Block
  readonly row: number
}

/** An id that several rows have, or had. */
export interface Contest {
  readonly key: IdKey
  readonly places: readonly Place[]
}

/** Where the ids of lasting blocks are kept for the next process, and how many new ones make it worth to write them. */
export interface KeptIds {
  readonly path: string
  readonly saveFrom: number
}

/** Who asks seldom decides all contests instead. */
const MAX_CHANGES = 1 << 16
/** To look for a suspect in a block costs as much as to put so many ids into a filter. */
const IDS_PER_LOOK = 4
/** With more the filter of the file is given up. */
const MAX_UNRESOLVED = 100_000
/** Each is looked for when the file is used. */
const MAX_SAVED_CONTESTS = 10_000
/** More come from a file that was compressed or renewed: its old name would stay unclaimed, and they unresolved, for good. */
const MAX_SAVED_UNRESOLVED = 100

const NOTHING_SAVED: ReadonlySet<string> = new Set()

export class SeenIds {
  /** Of lasting blocks, and of the others. */
  readonly #lasting = new FilteredIds()
  readonly #growing = new FilteredIds()
  readonly #kept: KeptIds | undefined
  /** The names of the blocks that the file knows; undefined until it was looked for. */
  #saved: ReadonlySet<string> | undefined
  /** Ids that are contested among lasting blocks, of this process or of another. */
  readonly #contested = new Map<string, IdKey>()
  /** Ids that looked known, and of which one row was found at most, while blocks of the file are not there. */
  readonly #unresolved = new Map<string, IdKey>()
  readonly #contests = new Map<string, { readonly key: IdKey; places: readonly Place[] }>()
  /** Contests in the order in which their places changed, without the first `#dropped` of all. */
  readonly #changes: Contest[] = []
  #dropped = 0

  /** Undefined where nothing can be kept. */
  constructor(kept: KeptIds | undefined) {
    this.#kept = kept
  }

  /** The ids that several rows have now. */
  get contests(): Iterable<Contest> {
    return this.#contests.values()
  }

  /** How often places changed. */
  get changes(): number {
    return this.#dropped + this.#changes.length
  }

  /** The contests whose places changed since there were so many changes; undefined when that is too long ago. */
  changedSince(changes: number): readonly Contest[] | undefined {
    return changes < this.#dropped ? undefined : this.#changes.slice(changes - this.#dropped)
  }

  /** Takes in the rows that the blocks have beyond those that were taken in before. */
  async add(blocks: readonly Block[], slices: Slices): Promise<void> {
    const more = blocks.filter((block) => this.#filterOf(block).countOf(block) < block.count)
    if (more.length === 0) return
    const suspects = new Map<string, IdKey>()
    await this.#suspectIn(await this.#withoutSaved(more, suspects), suspects, slices)
    const all = [...this.#lasting.blocks, ...this.#growing.blocks]
    const ids = this.#lasting.live + this.#growing.live
    const isStale = this.#lasting.held + this.#growing.held > ids
    if (isStale && suspects.size * all.length > ids * IDS_PER_LOOK) {
      // Most of them are ids of blocks that are gone.
      suspects.clear()
      for (const block of more) this.#filterOf(block).forget(block)
      await this.#lasting.makeAnew(0, slices)
      await this.#growing.makeAnew(0, slices)
      await this.#suspectIn(more, suspects, slices)
    }
    if (suspects.size > 0) await this.#findPlaces(all, suspects, slices)
    if (this.#unresolved.size > MAX_UNRESOLVED) await this.#letGoUnclaimed(slices)
    if (!this.#lasting.hasUnclaimed && !this.#growing.hasUnclaimed) {
      // Those of what is there are found, and what comes now is compared with it.
      this.#contested.clear()
      this.#unresolved.clear()
    }
    await this.#save(slices)
  }

  /** Their rows are gone. */
  remove(blocks: readonly Block[]): void {
    for (const block of blocks) this.#filterOf(block).forget(block)
    this.#takeAway(blocks, () => [])
  }

  /** The rows of the blocks are in another one now, each id once. */
  async replace(before: readonly Block[], after: Block, slices: Slices): Promise<void> {
    const isSeen =
      before.length > 0 && before.every((block) => this.#filterOf(block).countOf(block) === block.count)
    if (!isSeen) return this.remove(before)
    for (const block of before) this.#filterOf(block).forget(block)
    await this.#filterOf(after).add([after], undefined, () => {}, slices)
    if (this.#contests.size === 0) return
    const { find } = await after.ids()
    this.#takeAway(before, (key) => find(key).map((row) => ({ block: after, row })))
  }

  #filterOf(block: Block): FilteredIds {
    return block.isLasting === true ? this.#lasting : this.#growing
  }

  /** What of the blocks is not in the filters by a file of ids; contested ones of what is become suspects. */
  async #withoutSaved(blocks: readonly Block[], suspects: Map<string, IdKey>): Promise<readonly Block[]> {
    await this.#load()
    const known = new Set(blocks.filter((block) => this.#filterOf(block).claim(block)))
    if (known.size === 0) return blocks
    for (const [name, key] of this.#contested) suspects.set(name, key)
    for (const [name, key] of this.#unresolved) suspects.set(name, key)
    for (const [name, { key }] of this.#contests) suspects.set(name, key)
    return blocks.filter((block) => !known.has(block))
  }

  async #suspectIn(blocks: readonly Block[], suspects: Map<string, IdKey>, slices: Slices): Promise<void> {
    // Those that nobody claimed were not compared with what comes now.
    if (blocks.length > 0) this.#growing.dropUnclaimed()
    const onKnown = (key: IdKey): void => {
      suspects.set(nameOf(key), key)
    }
    const of = (filter: FilteredIds): Block[] => blocks.filter((block) => this.#filterOf(block) === filter)
    await this.#lasting.add(of(this.#lasting), this.#growing, onKnown, slices)
    await this.#growing.add(of(this.#growing), this.#lasting, onKnown, slices)
  }

  /** What nobody asked for by now is new when it comes. */
  async #letGoUnclaimed(slices: Slices): Promise<void> {
    this.#unresolved.clear()
    await this.#lasting.makeAnew(0, slices)
  }

  /** All rows that have the keys, in all blocks. */
  async #findPlaces(
    blocks: readonly Block[],
    suspects: ReadonlyMap<string, IdKey>,
    slices: Slices,
  ): Promise<void> {
    const keys = [...suspects.values()]
    const found = new Map<string, Place[]>()
    for (const block of blocks) {
      if (slices.isOver) await slices.rest()
      const likely = await block.likelyIds(keys)
      if (likely.length === 0) continue
      const { find } = await block.ids()
      for (const key of likely) {
        const name = nameOf(key)
        const places = found.get(name) ?? []
        for (const row of find(key)) places.push({ block, row })
        found.set(name, places)
      }
    }
    for (const [name, key] of suspects) {
      const places = found.get(name) ?? []
      // Its other row may be in a block of the file that nobody asked for yet.
      if (places.length < 2 && this.#lasting.hasUnclaimed) this.#unresolved.set(name, key)
      if (places.length < 2) continue
      const contest = this.#contests.get(name) ?? { key, places }
      contest.places = places
      this.#contests.set(name, contest)
      this.#changed(contest)
    }
  }

  #takeAway(blocks: readonly Block[], insteadOf: (key: IdKey) => Place[]): void {
    const gone = new Set(blocks)
    for (const [name, contest] of this.#contests) {
      const left = contest.places.filter(({ block }) => !gone.has(block))
      if (left.length === contest.places.length) continue
      contest.places = [...left, ...insteadOf(contest.key)]
      this.#changed(contest)
      if (contest.places.length < 2) this.#contests.delete(name)
    }
  }

  #changed(contest: Contest): void {
    if (this.#changes.length === MAX_CHANGES) this.#dropped += this.#changes.splice(0, MAX_CHANGES / 2).length
    this.#changes.push(contest)
  }

  async #load(): Promise<void> {
    if (this.#kept === undefined || this.#saved !== undefined) return
    const saved = await loadIds(this.#kept.path)
    this.#saved = saved === undefined ? NOTHING_SAVED : new Set([...saved.identities, ...saved.growing])
    if (saved === undefined) return
    const bits = async (): Promise<Uint32Array | undefined> => {
      const read = await saved.bits()
      // What cannot be read is written again.
      if (read === undefined) this.#saved = NOTHING_SAVED
      return read
    }
    this.#lasting.use({ ...saved, bits })
    this.#growing.use({ ids: 0, bits: undefined, identities: saved.growing })
    for (const key of saved.contested) this.#contested.set(nameOf(key), key)
  }

  async #save(slices: Slices): Promise<void> {
    if (this.#kept === undefined) return
    const saved = this.#saved ?? NOTHING_SAVED
    let more = 0
    for (const { identity, count } of [...this.#lasting.blocks, ...this.#growing.blocks]) {
      if (identity !== undefined && !saved.has(identity)) more += count
    }
    const ids = this.#lasting.held + this.#growing.live
    if (more < Math.max(this.#kept.saveFrom, ids / 10)) return
    if (this.#unresolved.size > MAX_SAVED_UNRESOLVED) await this.#letGoUnclaimed(slices)
    await this.#lasting.ready(slices)
    const { held, bits, identities } = this.#lasting
    const growing = new Set(this.#growing.blocks.flatMap(({ identity }) => identity ?? []))
    this.#saved = new Set([...identities, ...growing])
    for (const [name, { key }] of this.#contests) this.#contested.set(name, key)
    // The other rows of these may be in blocks that the next process asks for.
    const contested = [...new Map([...this.#contested, ...this.#unresolved]).values()]
    if (contested.length > MAX_SAVED_CONTESTS) return
    await saveIds(this.#kept.path, bits, { ids: held, identities, growing, contested })
  }
}

function nameOf(key: IdKey): string {
  return key.join(' ')
}
