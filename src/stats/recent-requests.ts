/** The latest state of the ids that may come again: those under way, and the latest finished ones. */
import type { CountedRequest } from './counted-request.js'
import { type ChatName, FinishedRequests, fits } from './finished-requests.js'

export class RecentRequests {
  /** Those under way, however long they take, and those whose ids only other programs make. */
  readonly #kept = new Map<string, CountedRequest>()
  readonly #finished = new FinishedRequests()

  get(id: string): CountedRequest | undefined {
    return this.#kept.get(id) ?? this.#finished.get(id)
  }

  /** `isNew`: the id is in none of the states before. */
  set(request: CountedRequest, chat: ChatName, isNew: boolean): void {
    if (!isNew) {
      this.#kept.delete(request.id)
      this.#finished.forget(request.id)
    }
    if (request.status === 'pending' || !fits(request.id)) this.#kept.set(request.id, request)
    else this.#finished.add(request, chat)
  }
}
