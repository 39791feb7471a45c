/** Which span stands for the same call as which captured request: each is one call, and found once. */
import { dropOldest } from '../../drop-oldest.js'
import { RANKS, type Wish } from './likeness.js'
import type { Times } from './same-call.js'
import type { SpanCall } from './span-call.js'

interface Taker extends Times {
  readonly hasFailed: boolean
  readonly isNamed: boolean
}

/** About 5 MB. */
const MAX_REQUESTS = 10_000
/** More attempts than any framework makes. */
const MAX_ATTEMPTS = 10

/** Who took a request keeps it, and finds it again when it is exported again. */
export class TakenRequests {
  readonly #limit: number
  /** Projects and spans that took one, the latest behind. */
  readonly #found = new Map<string, true>()
  /** By project and request, the latest behind. */
  readonly #takers = new Map<string, readonly Taker[]>()

  constructor(limit = MAX_REQUESTS) {
    this.#limit = limit
  }

  /** Whether the span with this entry took a request before. */
  has(projectId: string, entryId: string): boolean {
    return this.#found.has(keyOf(projectId, entryId))
  }

  /** The calls of the wishes that a request was found for: the surest and nearest first. */
  claim(projectId: string, wishes: readonly Wish[]): ReadonlySet<SpanCall> {
    const found = new Set<SpanCall>()
    for (const wish of wishes.toSorted(surestFirst)) {
      if (!found.has(wish.call) && this.#take(projectId, wish)) found.add(wish.call)
    }
    return found
  }

  #take(projectId: string, { call, requestId, attempts, rank }: Wish): boolean {
    const key = keyOf(projectId, requestId)
    const takers = this.#takers.get(key) ?? []
    const { startMs, endMs, hasFailed, placed } = call
    const taker = { startMs, endMs, hasFailed, isNamed: rank === RANKS.sameAnswer }
    // Several libraries may tell of one answer.
    const others = takers.filter(({ isNamed }) => !isNamed || !taker.isNamed)
    if (others.length > 0 && others.length >= Math.min(attempts, MAX_ATTEMPTS)) return false
    if (!others.every((other) => areAttempts(taker, other))) return false
    this.#takers.delete(key)
    this.#takers.set(key, [...takers, taker])
    this.#found.set(keyOf(projectId, placed.entry.id), true)
    dropOldest(this.#takers, this.#limit)
    dropOldest(this.#found, this.#limit)
    return true
  }
}

/** The first failed, and the other came after it: a span that succeeded stands for all attempts until its end. */
function areAttempts(one: Taker, other: Taker): boolean {
  const [first, second] = one.startMs <= other.startMs ? [one, other] : [other, one]
  return first.hasFailed && first.endMs <= second.startMs
}

function surestFirst(one: Wish, other: Wish): number {
  return other.rank - one.rank || one.distanceMs - other.distanceMs
}

/** An id of a project holds no line end. */
function keyOf(projectId: string, id: string): string {
  return `${projectId}\n${id}`
}
