/** Ids of which there are several rows in a scope: one of them counts. */
import { IdFilter } from './id-filter.js'
import { type Block, codesOf, doublesOf, type IdKey } from './rows.js'
import type { Slices } from './slices.js'

/** A row of a block. */
export interface Place {
  readonly block: Block
  readonly row: number
}

interface Contest {
  readonly key: IdKey
  readonly places: Place[]
  winner: Place | undefined
}

const STRIDE = 4096

export class Contests {
  #filter = new IdFilter(0)
  #ids = 0
  readonly #contests = new Map<string, Contest>()
  readonly #losers = new Map<Block, Set<number>>()
  /** Blocks whose ids are in the filter, and how many of their rows. */
  readonly #seen = new Map<Block, number>()

  get isEmpty(): boolean {
    return this.#contests.size === 0
  }

  losersOf(block: Block): ReadonlySet<number> | undefined {
    return this.#losers.get(block)
  }

  /**
   * Takes in the rows that the blocks have beyond those that were taken in before. Gives the rows that lost their place to
   * one of them.
   */
  async add(blocks: readonly Block[], order: readonly Block[], slices: Slices): Promise<Place[]> {
    await this.#makeRoom(
      blocks.reduce((sum, block) => sum + block.count - (this.#seen.get(block) ?? 0), 0),
      slices,
    )
    const suspects = new Map<string, Contest>()
    for (const block of blocks) {
      const from = this.#seen.get(block) ?? 0
      const to = block.count
      if (from === to) continue
      await this.#addToFilter(
        block,
        from,
        to,
        (key) => {
          const name = nameOf(key)
          if (!suspects.has(name))
            suspects.set(name, this.#contests.get(name) ?? { key, places: [], winner: undefined })
        },
        slices,
      )
      this.#seen.set(block, to)
      this.#ids += to - from
    }
    if (suspects.size === 0) return []
    await this.#findPlaces(suspects, slices)
    const contests = [...suspects.values()].filter(({ places }) => places.length > 1)
    for (const contest of contests) this.#contests.set(nameOf(contest.key), contest)
    return this.#decide(contests, order)
  }

  /** As the order of the blocks is now. True when other rows count than before. */
  async decideAgain(order: readonly Block[]): Promise<boolean> {
    return (await this.#decide([...this.#contests.values()], order)).length > 0
  }

  /** Its rows are gone; what lost to them counts again. */
  remove(block: Block): void {
    this.#seen.delete(block)
    this.#losers.delete(block)
    for (const [name, contest] of this.#contests) {
      const left = contest.places.filter((place) => place.block !== block)
      if (left.length === contest.places.length) continue
      this.#contests.delete(name)
      for (const { block: other, row } of left) this.#losers.get(other)?.delete(row)
      if (left.length > 1) this.#contests.set(name, { key: contest.key, places: left, winner: undefined })
    }
  }

  /** The rows of the blocks are in another one now, each id once. */
  async replace(before: readonly Block[], after: Block): Promise<void> {
    const ids = await after.ids()
    for (const block of before) {
      this.#seen.delete(block)
      this.#losers.delete(block)
    }
    this.#seen.set(after, after.count)
    for (const [name, contest] of this.#contests) {
      const left = contest.places.filter(({ block }) => !before.includes(block))
      if (left.length === contest.places.length) continue
      const moved = ids.find(contest.key).map((row): Place => ({ block: after, row }))
      const places = [...left, ...moved]
      if (places.length < 2) {
        this.#contests.delete(name)
        continue
      }
      const wasMoved = contest.winner !== undefined && before.includes(contest.winner.block)
      const winner = wasMoved ? moved[0] : contest.winner
      this.#contests.set(name, { key: contest.key, places, winner })
      for (const place of moved) if (place !== winner) this.#addLoser(place)
    }
  }

  async #makeRoom(ids: number, slices: Slices): Promise<void> {
    if (this.#ids + ids <= this.#filter.capacity) return
    this.#filter = new IdFilter(this.#ids + ids)
    for (const [block, count] of this.#seen) await this.#addToFilter(block, 0, count, () => {}, slices)
  }

  async #addToFilter(
    block: Block,
    from: number,
    to: number,
    onSuspect: (key: IdKey) => void,
    slices: Slices,
  ): Promise<void> {
    const { words } = await block.ids()
    const filter = this.#filter
    for (let at = from; at < to; at++) {
      if (at % STRIDE === 0 && slices.isOver) await slices.rest()
      const first = words[at * 3] ?? 0
      const second = words[at * 3 + 1] ?? 0
      if (!filter.add(first, second)) onSuspect([first, second, words[at * 3 + 2] ?? 0])
    }
  }

  /** All rows that have the keys, in all blocks. */
  async #findPlaces(suspects: ReadonlyMap<string, Contest>, slices: Slices): Promise<void> {
    const filter = new IdFilter(suspects.size * 16)
    for (const { key, places } of suspects.values()) {
      places.length = 0
      filter.add(key[0], key[1])
    }
    const isFew = suspects.size < 64
    for (const [block, count] of this.#seen) {
      const ids = await block.ids()
      if (isFew) {
        for (const { key, places } of suspects.values()) {
          for (const row of ids.find(key)) places.push({ block, row })
        }
        continue
      }
      const { words } = ids
      for (let at = 0; at < count; at++) {
        if (at % STRIDE === 0 && slices.isOver) await slices.rest()
        const first = words[at * 3] ?? 0
        const second = words[at * 3 + 1] ?? 0
        if (!filter.has(first, second)) continue
        suspects
          .get(nameOf([first, second, words[at * 3 + 2] ?? 0]))
          ?.places.push({ block, row: ids.rowOf(at) })
      }
    }
  }

  async #decide(contests: readonly Contest[], order: readonly Block[]): Promise<Place[]> {
    const places = new Map(order.map((block, at) => [block, at] as const))
    const ranks = new Map<Block, (row: number) => readonly [final: boolean, end: number]>()
    for (const block of new Set(contests.flatMap((contest) => contest.places.map((place) => place.block)))) {
      const columns = await block.columns(['end', 'combination'])
      const ends = doublesOf(columns, 'end')
      const codes = codesOf(columns, 'combination')
      ranks.set(block, (row) => {
        const end = ends[row] ?? Number.NaN
        const isFinal = block.combinations[codes[row] ?? 0]?.status !== 'pending'
        return [isFinal, Number.isNaN(end) ? Number.NEGATIVE_INFINITY : end]
      })
    }
    const beats = (a: Place, b: Place): boolean => {
      const [isFinal = false, end = 0] = ranks.get(a.block)?.(a.row) ?? []
      const [wasFinal = false, wasEnd = 0] = ranks.get(b.block)?.(b.row) ?? []
      if (isFinal !== wasFinal) return isFinal
      if (end !== wasEnd) return end > wasEnd
      return a.block === b.block ? a.row > b.row : (places.get(a.block) ?? 0) > (places.get(b.block) ?? 0)
    }
    const beaten: Place[] = []
    for (const contest of contests) {
      const winner = contest.places.reduce((best, place) => (beats(place, best) ? place : best))
      contest.winner = winner
      for (const place of contest.places) {
        if (place === winner) this.#losers.get(place.block)?.delete(place.row)
        else if (!this.losersOf(place.block)?.has(place.row)) {
          this.#addLoser(place)
          beaten.push(place)
        }
      }
    }
    return beaten
  }

  #addLoser({ block, row }: Place): void {
    const losers = this.#losers.get(block)
    if (losers === undefined) this.#losers.set(block, new Set([row]))
    else losers.add(row)
  }
}

function nameOf(key: IdKey): string {
  return key.join(' ')
}
