/** The latest state of the ids that may come again: those under way, and the latest finished ones. */
import type { CountedRequest } from './counted-request.js'

/** Ids of one generation; two are kept, so at least this many finished ids are known. */
export const GENERATION = 65_536

export class RecentRequests {
  /** However long they take. */
  readonly #pending = new Map<string, CountedRequest>()
  #finished = new Map<string, CountedRequest>()
  #older = new Map<string, CountedRequest>()

  get(id: string): CountedRequest | undefined {
    return this.#finished.get(id) ?? this.#older.get(id) ?? this.#pending.get(id)
  }

  set(request: CountedRequest): void {
    if (request.status === 'pending') {
      this.#pending.set(request.id, request)
      return
    }
    if (this.#pending.size > 0) this.#pending.delete(request.id)
    if (this.#finished.size >= GENERATION) {
      this.#older = this.#finished
      this.#finished = new Map()
    }
    this.#finished.set(request.id, request)
  }
}
