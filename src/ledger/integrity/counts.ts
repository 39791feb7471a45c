/** What the journals do not tell: calls that were refused or given up, and torn tails that were fenced off. */

export interface Counts {
  readonly rejected: number
  readonly dropped: number
  readonly recovered: number
}

/** Null stands for calls that named no project there is. */
export type CountedProject = string | null

export class CountTable {
  readonly #counts = new Map<CountedProject, Counts>()

  get size(): number {
    return this.#counts.size
  }

  [Symbol.iterator](): IterableIterator<[CountedProject, Counts]> {
    return this.#counts.entries()
  }

  add(project: CountedProject, more: Partial<Counts>): void {
    this.#counts.set(project, plus(this.#counts.get(project) ?? NOTHING, more))
  }

  addAll(other: CountTable): void {
    for (const [project, counts] of other) this.add(project, counts)
  }

  has(project: CountedProject): boolean {
    return this.#counts.has(project)
  }

  /** Takes the counts of a project out. */
  take(project: CountedProject): Counts {
    const counts = this.#counts.get(project) ?? NOTHING
    this.#counts.delete(project)
    return counts
  }

  /** Of one project; of all calls when undefined. */
  sum(project?: string): Counts {
    if (project !== undefined) return this.#counts.get(project) ?? NOTHING
    return [...this.#counts.values()].reduce(plus, NOTHING)
  }
}

const NOTHING: Counts = { rejected: 0, dropped: 0, recovered: 0 }

function plus(counts: Counts, { rejected = 0, dropped = 0, recovered = 0 }: Partial<Counts>): Counts {
  return {
    rejected: counts.rejected + rejected,
    dropped: counts.dropped + dropped,
    recovered: counts.recovered + recovered,
  }
}
