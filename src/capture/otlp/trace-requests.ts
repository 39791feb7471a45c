/** The captured requests of one trace by their place in the tree of its spans, so that none is compared with all. */
import type { TracedRequest } from '../../ledger.js'
import type { SpanTree } from './span-tree.js'

/** Of more that stand beside one span and begin with it, the others are not looked at. */
const MAX_NEAR = 64

type Lists = Map<string, TracedRequest[]>

/** How many requests were given to be compared, of all traces of an export. */
export interface Looks {
  count: number
}

export class TraceRequests {
  readonly #within: Lists = new Map()
  readonly #beside: Lists = new Map()
  readonly #tried: Lists = new Map()
  readonly #answers: Lists = new Map()
  readonly #looks: Looks

  /** `requests` in the order in which they began. `looks` is counted up. */
  constructor(traceId: string, requests: readonly TracedRequest[], tree: SpanTree, looks: Looks) {
    this.#looks = looks
    for (const request of requests) {
      const { parentSpanId, responseId } = request
      if (responseId !== undefined) add(this.#answers, responseId, request)
      if (parentSpanId === undefined) continue
      for (const id of tree.upFrom(traceId, parentSpanId)) add(this.#within, id, request)
      add(this.#beside, parentSpanId, request)
      if (request.attempts === 1) continue
      add(this.#tried, parentSpanId, request)
      // A framework with a span for each attempt: the request began within the first of them.
      const around = tree.parentOf(traceId, parentSpanId)
      if (around !== undefined) add(this.#tried, around, request)
    }
  }

  answered(responseId: string | undefined): readonly TracedRequest[] {
    return this.#counted((responseId === undefined ? undefined : this.#answers.get(responseId)) ?? [])
  }

  /** Made in the span or below it. */
  within(spanId: string): readonly TracedRequest[] {
    return this.#counted(this.#within.get(spanId) ?? [])
  }

  /** Made right in the span, and begun at most `withinMs` before or after the time: the nearest. */
  beside(spanId: string, startMs: number, withinMs: number): readonly TracedRequest[] {
    const list = this.#beside.get(spanId) ?? []
    let to = firstFrom(list, startMs)
    let from = to
    const distanceAt = (at: number): number =>
      Math.abs((list[at]?.startMs ?? Number.POSITIVE_INFINITY) - startMs)
    while (to - from < MAX_NEAR) {
      const [before, after] = [distanceAt(from - 1), distanceAt(to)]
      if (Math.min(before, after) > withinMs) break
      if (before < after) from -= 1
      else to += 1
    }
    return this.#counted(list.slice(from, to))
  }

  /** Of several attempts, made in the span or in one right below it, and begun before the time: the latest. */
  tried(spanId: string, beforeMs: number): readonly TracedRequest[] {
    const list = this.#tried.get(spanId) ?? []
    const to = firstFrom(list, beforeMs)
    return this.#counted(list.slice(Math.max(0, to - MAX_NEAR), to))
  }

  #counted(requests: readonly TracedRequest[]): readonly TracedRequest[] {
    this.#looks.count += requests.length
    return requests
  }
}

function add(lists: Lists, key: string, request: TracedRequest): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [request])
  else list.push(request)
}

/** The place of the first that began then or later. */
function firstFrom(list: readonly TracedRequest[], startMs: number): number {
  let [from, to] = [0, list.length]
  while (from < to) {
    const middle = (from + to) >>> 1
    if ((list[middle]?.startMs ?? 0) < startMs) from = middle + 1
    else to = middle
  }
  return from
}
