/** The latest state of the ids that may come again: those under way, and the latest finished ones. */
import type { CountedRequest } from './counted-request.js'

/** Finished requests that are remembered. */
export const REMEMBERED = 65_536

export class RecentRequests {
  /** However long they take. */
  readonly #pending = new Map<string, CountedRequest>()
  /** A ring: request n is at n modulo REMEMBERED. */
  readonly #finished: CountedRequest[] = []
  #added = 0
  /** By id; made when an id is asked for, since most ids are new and never come again. */
  readonly #index = new Map<string, CountedRequest>()
  #indexed = 0

  get(id: string): CountedRequest | undefined {
    for (; this.#indexed < this.#added; this.#indexed++) {
      const request = this.#finished[this.#indexed % REMEMBERED]
      if (request !== undefined) this.#index.set(request.id, request)
    }
    return this.#index.get(id) ?? this.#pending.get(id)
  }

  set(request: CountedRequest): void {
    if (request.status === 'pending') {
      this.#pending.set(request.id, request)
      return
    }
    if (this.#pending.size > 0) this.#pending.delete(request.id)
    const place = this.#added % REMEMBERED
    const forgotten = this.#finished[place]
    if (forgotten !== undefined && this.#index.get(forgotten.id) === forgotten) {
      this.#index.delete(forgotten.id)
    }
    this.#finished[place] = request
    this.#added++
    this.#indexed = Math.max(this.#indexed, this.#added - REMEMBERED)
  }
}
