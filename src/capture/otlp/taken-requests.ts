/** Which span stands for the same call as which captured request: each is one call, and found once. */
import { type Likeness, SAME_ANSWER, type SpanCall } from './likeness.js'
import type { PlacedEntry } from './placed-entries.js'
import type { Times } from './same-call.js'

/** A request that may be of the same call as the spans. */
export interface Wish extends Likeness {
  readonly call: SpanCall
  readonly requestId: string
  /** How many attempts it stands for: each may have a span, one after the other. */
  readonly attempts: number
  readonly isPending: boolean
}

interface Taker extends Times, Likeness {
  /** The id that an entry of its spans has. */
  readonly id: string
  /** Until it is too long ago to be taken back. */
  placed: PlacedEntry | undefined
}

/** A few MB of takers, and the latest of them with what was said in their spans. */
const BOUNDS = { requests: 10_000, held: 256 }

/**
 * A span that is surely of a request's call takes it from one that only might be: whichever came first, the same stay.
 * A span that is exported again finds what it took.
 */
export class TakenRequests {
  readonly #bounds: typeof BOUNDS
  /** Projects and spans that took one, the latest behind. */
  readonly #found = new Set<string>()
  /** By project and request, the latest behind. */
  readonly #takers = new Map<string, readonly Taker[]>()
  readonly #held = new Set<Taker>()
  /** By project, those that lost their request. */
  readonly #released = new Map<string, PlacedEntry[]>()

  constructor(bounds = BOUNDS) {
    this.#bounds = bounds
  }

  /** Whether the span took a request before. What is known of that now may be another thing: the two stay one call. */
  has(projectId: string, { placed }: SpanCall): boolean {
    return this.#found.has(keyOf(projectId, placed.entry.id))
  }

  /** The calls of the wishes that a request was found for. */
  claim(projectId: string, wishes: readonly Wish[]): ReadonlySet<SpanCall> {
    const sorted = wishes.toSorted(surestFirst)
    const found = new Set<SpanCall>()
    for (const wish of sorted) {
      if (!found.has(wish.call) && this.#take(projectId, wish)) found.add(wish.call)
    }
    return found
  }

  /** Those that lost their request to others since this was asked; nobody else remembers them. */
  released(projectId: string): readonly PlacedEntry[] {
    const released = this.#released.get(projectId) ?? []
    this.#released.delete(projectId)
    return released
  }

  release(projectId: string, placed: readonly PlacedEntry[]): void {
    if (placed.length > 0)
      this.#released.set(projectId, [...(this.#released.get(projectId) ?? []), ...placed])
  }

  #take(projectId: string, wish: Wish): boolean {
    const key = keyOf(projectId, wish.requestId)
    const takers = this.#takers.get(key) ?? []
    const rivals = rivalsOf(wish, takers)
    if (rivals.some((rival) => surestFirst(wish, rival) >= 0)) return false
    for (const rival of rivals) {
      this.#held.delete(rival)
      this.#found.delete(keyOf(projectId, rival.id))
      if (rival.placed !== undefined) this.release(projectId, [rival.placed])
    }
    const taker = takerOf(wish)
    this.#found.add(keyOf(projectId, taker.id))
    this.#takers.delete(key)
    this.#takers.set(key, [...takers.filter((other) => !rivals.includes(other)), taker])
    if (taker.rank < SAME_ANSWER) this.#held.add(taker)
    this.#forget()
    return true
  }

  #forget(): void {
    for (const remembered of [this.#takers, this.#found]) {
      for (const oldest of remembered.keys()) {
        if (remembered.size <= this.#bounds.requests) break
        remembered.delete(oldest)
      }
    }
    for (const oldest of this.#held) {
      if (this.#held.size <= this.#bounds.held) break
      oldest.placed = undefined
      this.#held.delete(oldest)
    }
  }
}

/** Those that cannot stand for the same request beside this one. */
function rivalsOf({ rank, call, attempts }: Wish, takers: readonly Taker[]): readonly Taker[] {
  // Several libraries may tell of one answer.
  const others = takers.filter((taker) => taker.rank !== SAME_ANSWER || rank !== SAME_ANSWER)
  const atOnce = others.filter((taker) => taker.startMs <= call.endMs && call.startMs <= taker.endMs)
  if (atOnce.length > 0 || others.length < attempts) return atOnce
  return others.toSorted(surestFirst).slice(-1)
}

function surestFirst(one: Likeness, other: Likeness): number {
  return other.rank - one.rank || one.distanceMs - other.distanceMs
}

function takerOf({ call, rank, distanceMs }: Wish): Taker {
  const { startMs, endMs, placed } = call
  const held = rank < SAME_ANSWER ? placed : undefined
  return { id: placed.entry.id, rank, distanceMs, startMs, endMs, placed: held }
}

/** An id of a project holds no line end. */
function keyOf(projectId: string, id: string): string {
  return `${projectId}\n${id}`
}
