/** What became of every call of this process since it opened the ledger. */
import { isId } from '../entry/ids.js'
import type { Integrity } from '../stats/stats-engine.js'
import { type Counts, CountTable } from './integrity/counts.js'

export interface TallyParts {
  /** Costs no I/O. */
  readonly isOpened: (projectId: string) => boolean
  /** Ids of all projects there are. */
  readonly listIds: () => Promise<readonly string[]>
  /** Something else than a persisted line was counted. */
  readonly onChange: () => void
}

/** Names that wait for a look whether there is such a project; a caller may make up any number of them. */
const MAX_NAMED = 10_000

export class Tally {
  /** The journals themselves say of which project. */
  persisted = 0
  readonly #parts: TallyParts
  readonly #counts = new CountTable()
  /** Of projects that this process did not open: there may be none of that name. */
  readonly #named = new CountTable()

  constructor(parts: TallyParts) {
    this.#parts = parts
  }

  /** The caller was told, by an error. `projectId` is what the call named, whatever it is. */
  reject(projectId: unknown): void {
    this.#add(projectId, { rejected: 1 })
  }

  /** Not in the file, in the mode that does not throw. */
  drop(projectId: unknown): void {
    this.#add(projectId, { dropped: 1 })
  }

  /** A line that was dropped is in the file after all; its project is open. */
  takeBackDrop(projectId: string): void {
    this.#add(projectId, { dropped: -1 })
  }

  /** A torn tail was fenced off. */
  recover(projectId: string | undefined): void {
    this.#add(projectId, { recovered: 1 })
  }

  /** A call counts as received once its fate is known, so the sum holds at every moment. */
  read(): Integrity {
    return integrityOf(this.persisted, this.#all().sum(), 0)
  }

  /** All but the persisted lines, with names of no project under null. Never rejects. */
  async byProject(): Promise<CountTable> {
    const named = [...this.#named].map(([project]) => project)
    if (named.length === 0) return this.#counts
    // As long as the projects cannot be listed the names may be those of projects.
    const ids = await this.#parts.listIds().catch(() => undefined)
    if (ids === undefined) {
      this.#parts.onChange()
      return this.#all()
    }
    const known = new Set<string | null>(ids)
    for (const project of named) {
      if (!this.#named.has(project)) continue
      this.#counts.add(known.has(project) ? project : null, this.#named.take(project))
    }
    return this.#all()
  }

  #add(projectId: unknown, more: Partial<Counts>): void {
    if (!isId(projectId)) this.#counts.add(null, more)
    else if (this.#parts.isOpened(projectId)) this.#counts.add(projectId, more)
    else if (this.#named.size < MAX_NAMED || this.#named.has(projectId)) this.#named.add(projectId, more)
    else this.#counts.add(null, more)
    this.#parts.onChange()
  }

  #all(): CountTable {
    const all = new CountTable()
    all.addAll(this.#counts)
    for (const [, counts] of this.#named) all.add(null, counts)
    return all
  }
}

export function integrityOf(persisted: number, counts: Counts, damaged: number): Integrity {
  const { rejected, dropped, recovered } = counts
  return { received: persisted + rejected + dropped, persisted, rejected, dropped, damaged, recovered }
}
