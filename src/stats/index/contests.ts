/** Ids of which there are several rows in a scope: one of them counts. */
import { type Block, codesOf, doublesOf } from './rows.js'
import type { Contest, Place, SeenIds } from './seen-ids.js'

export class Contests {
  readonly #ids: SeenIds
  /** How many of its changes were taken in. */
  #taken = 0
  readonly #losers = new Map<Block, Set<number>>()

  constructor(ids: SeenIds) {
    this.#ids = ids
  }

  get isEmpty(): boolean {
    return [...this.#losers.values()].every(({ size }) => size === 0)
  }

  losersOf(block: Block): ReadonlySet<number> | undefined {
    return this.#losers.get(block)
  }

  /** Their rows are elsewhere now. */
  forget(blocks: readonly Block[]): void {
    for (const block of blocks) this.#losers.delete(block)
  }

  /** The rows of the blocks are gone. */
  remove(blocks: readonly Block[]): void {
    this.forget(blocks)
    this.#ids.remove(blocks)
  }

  /**
   * Decides what changed among the blocks, or everything when their order did. Rows that are `beaten` count no more, and
   * some that did not count do when any `isRevived`.
   */
  async decide(
    order: readonly Block[],
    { everything }: { readonly everything: boolean },
  ): Promise<{ readonly beaten: readonly Place[]; readonly isRevived: boolean }> {
    const changed = this.#ids.changedSince(this.#taken)
    this.#taken = this.#ids.changes
    // Whoever lost in a contest that is over must not be missed.
    if (changed === undefined) this.#losers.clear()
    const contests = new Set<Contest>(changed)
    if (everything || changed === undefined) for (const contest of this.#ids.contests) contests.add(contest)
    const places = new Map(order.map((block, at) => [block, at] as const))
    const own = [...contests]
      .map((contest) => contest.places.filter(({ block }) => places.has(block)))
      .filter((contest) => contest.length > 0)
    const beats = await rankAmong(own.flat(), places)
    const beaten: Place[] = []
    let isRevived = changed === undefined
    for (const contest of own) {
      const winner = contest.reduce((best, place) => (beats(place, best) ? place : best))
      for (const place of contest) {
        const losers = this.#losers.get(place.block) ?? new Set()
        this.#losers.set(place.block, losers)
        if (place === winner) isRevived = losers.delete(place.row) || isRevived
        else if (!losers.has(place.row)) {
          losers.add(place.row)
          beaten.push(place)
        }
      }
    }
    return { beaten, isRevived }
  }
}

/** Final over pending, then the later end, then the line that is read later. */
async function rankAmong(
  contested: readonly Place[],
  places: ReadonlyMap<Block, number>,
): Promise<(a: Place, b: Place) => boolean> {
  const ranks = new Map<Block, (row: number) => readonly [final: boolean, end: number]>()
  for (const block of new Set(contested.map((place) => place.block))) {
    const columns = await block.columns(['end', 'combination'])
    const ends = doublesOf(columns, 'end')
    const codes = codesOf(columns, 'combination')
    ranks.set(block, (row) => {
      const end = ends[row] ?? Number.NaN
      const isFinal = block.combinations[codes[row] ?? 0]?.status !== 'pending'
      return [isFinal, Number.isNaN(end) ? Number.NEGATIVE_INFINITY : end]
    })
  }
  return (a, b) => {
    const [isFinal = false, end = 0] = ranks.get(a.block)?.(a.row) ?? []
    const [wasFinal = false, wasEnd = 0] = ranks.get(b.block)?.(b.row) ?? []
    if (isFinal !== wasFinal) return isFinal
    if (end !== wasEnd) return end > wasEnd
    return a.block === b.block ? a.row > b.row : (places.get(a.block) ?? 0) > (places.get(b.block) ?? 0)
  }
}
