/** Which calls of an export others have logged: by the id of the answer, else by the trace. */
import type { Ledger, LoggedResponse, TracedRequest } from '../../ledger.js'
import { ENTRY_PREFIX } from './entry-fields.js'
import { isWithin, likenessOf, type SpanCall, sameAnswer, spanCallOf } from './likeness.js'
import type { PlacedEntry } from './placed-entries.js'
import { isSameCall } from './same-call.js'
import { TakenRequests, type Wish } from './taken-requests.js'

export type LookUpLedger = Pick<Ledger, 'findByResponseId' | 'findByTrace'>

export class LoggedCalls {
  readonly #ledger: LookUpLedger
  readonly #taken = new TakenRequests()
  readonly #capturing = new Set<string>()

  constructor(ledger: LookUpLedger) {
    this.#ledger = ledger
  }

  /** Captures in traces that were exported have been seen in the project. */
  hasCaptures(projectId: string): boolean {
    return this.#capturing.has(projectId)
  }

  /** Those that nobody else logged. */
  async without(projectId: string, placed: readonly PlacedEntry[]): Promise<readonly PlacedEntry[]> {
    return this.#without(projectId, placed, (wishes) => wishes)
  }

  /** The same, but a call that a pending request might be is left for later: how that ends can tell them apart. */
  async withoutEnded(projectId: string, placed: readonly PlacedEntry[]): Promise<readonly PlacedEntry[]> {
    return this.#without(projectId, placed, unlessPending)
  }

  /** Those of earlier exports that have lost their request since this was asked: they are to be looked up anew. */
  displaced(projectId: string): readonly PlacedEntry[] {
    return this.#taken.released(projectId)
  }

  /** For the next export of the project. */
  putOff(projectId: string, placed: readonly PlacedEntry[]): void {
    this.#taken.release(projectId, placed)
  }

  async #without(
    projectId: string,
    placed: readonly PlacedEntry[],
    chosen: (ofOneCall: readonly Wish[]) => readonly Wish[],
  ): Promise<readonly PlacedEntry[]> {
    const calls = placed.map(spanCallOf).filter((call) => !this.#taken.has(projectId, call))
    const wishes = await this.#wishes(projectId, calls)
    const found = this.#taken.claim(projectId, wishes.flatMap(chosen))
    return calls.filter((call) => !found.has(call)).map((call) => call.placed)
  }

  /** Those of each call. */
  async #wishes(projectId: string, calls: readonly SpanCall[]): Promise<readonly (readonly Wish[])[]> {
    const traceIds = [...new Set(calls.map(({ traceId }) => traceId))]
    const answers = calls.flatMap((call) => responseIdOf(call) ?? [])
    const [traces, responses] = await Promise.all([
      this.#ledger.findByTrace(projectId, traceIds),
      answers.length === 0 ? new Map() : this.#ledger.findByResponseId(projectId, answers),
    ])
    const captured = new Map<string, readonly TracedRequest[]>()
    const logged = new Set<string>()
    for (const [traceId, requests] of traces) {
      const others = requests.filter(({ id }) => !id.startsWith(ENTRY_PREFIX))
      captured.set(traceId, others)
      for (const { id } of requests) logged.add(id)
      if (others.length > 0) this.#capturing.add(projectId)
    }
    return calls.map((call) => {
      // Exported before, and logged: it must not take a request from another span now.
      if (logged.has(call.placed.entry.id)) return []
      const others = captured.get(call.traceId) ?? []
      const named = namedWishes(call, others, responses.get(responseIdOf(call) ?? ''))
      if (named.length > 0) return named
      return wishesIn(call, others)
    })
  }
}

/** By the id of the answer: first those of the same trace, since some servers draw these ids from a few hundred. */
function namedWishes(
  call: SpanCall,
  requests: readonly TracedRequest[],
  response: LoggedResponse | undefined,
): Wish[] {
  const answer = responseIdOf(call)
  const named = requests.filter(
    ({ responseId, startMs, endMs = startMs }) =>
      responseId !== undefined && responseId === answer && isSameCall(call, { startMs, endMs }),
  )
  if (named.length > 0) {
    return named.map((one) => ({
      call,
      requestId: one.id,
      attempts: one.attempts,
      isPending: false,
      ...sameAnswer(call, one),
    }))
  }
  if (response === undefined || response.id === call.placed.entry.id) return []
  if (!isSameCall(call, response)) return []
  return [{ call, requestId: response.id, attempts: 1, isPending: false, ...sameAnswer(call, response) }]
}

/** A call made within the span is the span's: it wishes for no other then. */
function wishesIn(call: SpanCall, requests: readonly TracedRequest[]): Wish[] {
  const within = requests.filter((request) => isWithin(call, request)).flatMap((one) => wishFor(call, one))
  return within.length > 0 ? within : requests.flatMap((request) => wishFor(call, request))
}

/** None where one that is pending is as likely as the others. */
function unlessPending(wishes: readonly Wish[]): readonly Wish[] {
  const ranks = wishes.map(({ rank }) => rank)
  return wishes.some(({ rank, isPending }) => isPending && rank >= Math.max(...ranks)) ? [] : wishes
}

function wishFor(call: SpanCall, request: TracedRequest): Wish[] {
  const likeness = likenessOf(call, request)
  const { id: requestId, attempts, endMs } = request
  const isPending = endMs === undefined
  return likeness === undefined ? [] : [{ call, requestId, attempts, isPending, ...likeness }]
}

function responseIdOf({ placed }: SpanCall): string | undefined {
  const { response_id: responseId } = placed.entry
  return typeof responseId === 'string' ? responseId : undefined
}
