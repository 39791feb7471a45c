/** Calls that were seen beneath spans which have not come yet: a span is exported when it ends, the inner ones first. */
import { dropOldest } from '../../drop-oldest.js'
import type { SpanMeaning } from './conventions/convention.js'

export interface SeenCall {
  readonly meaning: SpanMeaning
  readonly responseId: string | undefined
}

/** About 20 MB. */
const MAX_SPANS = 100_000
/** Different calls beneath one span that are told apart. */
const MAX_CALLS = 8

export class RecentCalls {
  readonly #limit: number
  /** By the key of the span that is missing, the latest behind. */
  readonly #beneath = new Map<string, readonly SeenCall[]>()

  constructor(limit = MAX_SPANS) {
    this.#limit = limit
  }

  beneath(key: string): readonly SeenCall[] {
    return this.#beneath.get(key) ?? []
  }

  add(key: string, { meaning, responseId }: SeenCall): void {
    const known = this.beneath(key)
    if (known.some((call) => call.meaning === meaning && call.responseId === responseId)) return
    this.#beneath.delete(key)
    this.#beneath.set(key, [...known.slice(1 - MAX_CALLS), { meaning, responseId }])
    dropOldest(this.#beneath, this.#limit)
  }
}
