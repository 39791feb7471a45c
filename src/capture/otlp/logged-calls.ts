/** Which calls of an export others have logged: by the id of the answer, else by the place in the trace. */
import type { Ledger, LoggedResponse } from '../../ledger.js'
import { Slices } from '../../slices.js'
import { ENTRY_PREFIX } from './entry-fields.js'
import { RANKS, type Wish, wishesOf } from './likeness.js'
import type { PlacedEntry } from './placed-entries.js'
import { responseIdOf, type SpanCall, spanCallOf } from './span-call.js'
import type { SpanTree } from './span-tree.js'
import { TakenRequests } from './taken-requests.js'
import { type Looks, TraceRequests } from './trace-requests.js'

export type LookUpLedger = Pick<Ledger, 'findByResponseId' | 'findByTrace'>

/** Pairs of the spans of one export and requests that are compared, and those that may be one: spans beyond it are logged. */
const MAX_LOOKS = 1_000_000
const MAX_WISHES = 100_000

interface Known {
  /** By trace. */
  readonly captured: ReadonlyMap<string, TraceRequests>
  readonly responses: ReadonlyMap<string, LoggedResponse>
  /** Ids of entries. */
  readonly logged: ReadonlySet<string>
}

export class LoggedCalls {
  readonly #ledger: LookUpLedger
  readonly #tree: SpanTree
  readonly #taken = new TakenRequests()

  constructor(ledger: LookUpLedger, tree: SpanTree) {
    this.#ledger = ledger
    this.#tree = tree
  }

  /** Those that nobody else logged. */
  async without(projectId: string, placed: readonly PlacedEntry[]): Promise<readonly PlacedEntry[]> {
    return this.#without(projectId, placed, unlessUnsure)
  }

  /** The same, but a call that a pending request might be is left for later: how that ends can tell them apart. */
  async withoutEnded(projectId: string, placed: readonly PlacedEntry[]): Promise<readonly PlacedEntry[]> {
    return this.#without(projectId, placed, unlessPending)
  }

  async #without(
    projectId: string,
    placed: readonly PlacedEntry[],
    chosen: (ofOneCall: readonly Wish[]) => readonly Wish[],
  ): Promise<readonly PlacedEntry[]> {
    const calls = placed.filter(({ entry }) => !this.#taken.has(projectId, entry.id)).map(spanCallOf)
    const looks = { count: 0 }
    const { captured, responses, logged } = await this.#lookUp(projectId, calls, looks)
    const wishes: Wish[] = []
    const slices = new Slices()
    for (const call of calls) {
      if (slices.isOver) await slices.rest()
      if (wishes.length >= MAX_WISHES || looks.count >= MAX_LOOKS) break
      // Exported before, and logged: it must not take a request from another span now.
      if (logged.has(call.placed.entry.id)) continue
      const response = responses.get(responseIdOf(call) ?? '')
      for (const wish of chosen(wishesOf(call, captured.get(call.traceId), response))) wishes.push(wish)
    }
    const found = this.#taken.claim(projectId, wishes)
    return calls.filter((call) => !found.has(call)).map((call) => call.placed)
  }

  async #lookUp(projectId: string, calls: readonly SpanCall[], looks: Looks): Promise<Known> {
    const traceIds = [...new Set(calls.map(({ traceId }) => traceId))]
    const answers = calls.flatMap((call) => responseIdOf(call) ?? [])
    const [traces, responses] = await Promise.all([
      this.#ledger.findByTrace(projectId, traceIds),
      answers.length === 0 ? new Map() : this.#ledger.findByResponseId(projectId, answers),
    ])
    const captured = new Map<string, TraceRequests>()
    const logged = new Set<string>()
    const slices = new Slices()
    for (const [traceId, requests] of traces) {
      if (slices.isOver) await slices.rest()
      const others = requests.filter(({ id }) => !id.startsWith(ENTRY_PREFIX))
      for (const { id } of requests) if (id.startsWith(ENTRY_PREFIX)) logged.add(id)
      if (others.length > 0) captured.set(traceId, new TraceRequests(traceId, others, this.#tree, looks))
    }
    return { captured, responses, logged }
  }
}

/** How a pending request stands beside a span is not known before its end. */
function unlessUnsure(wishes: readonly Wish[]): readonly Wish[] {
  return wishes.filter(({ rank, isPending }) => !isPending || rank > RANKS.beside)
}

/** None where one that is pending is as likely as the others. */
function unlessPending(wishes: readonly Wish[]): readonly Wish[] {
  const surest = wishes.reduce((rank, wish) => Math.max(rank, wish.rank), 0)
  return wishes.some(({ rank, isPending }) => isPending && rank === surest) ? [] : wishes
}
