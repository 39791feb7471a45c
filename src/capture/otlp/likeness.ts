/** How likely it is that the spans of one call and a captured request are of the same physical call. */
import type { TracedRequest } from '../../ledger.js'
import type { PlacedEntry } from './placed-entries.js'
import type { Times } from './same-call.js'
import { mayBeSameModel } from './same-model.js'
import { spanTimes } from './span.js'

/** The call of the spans as it is compared. */
export interface SpanCall extends Times {
  readonly placed: PlacedEntry
  readonly traceId: string
  readonly spanIds: ReadonlySet<string>
  readonly parentIds: ReadonlySet<string>
}

export interface Likeness {
  /** More is surer. */
  readonly rank: number
  /** Between the starts and between the ends; of equal ranks the least counts. */
  readonly distanceMs: number
}

/** The rank of what has the same id of its answer; nothing else reaches it. */
export const SAME_ANSWER = 10

/** The request was made within the span, as when an instrumentation wraps a captured client. */
const WITHIN = 3
/** Both were made within one span, as when a captured framework calls an instrumented client. */
const BESIDE = 2
/** Spans lie between them. */
const IN_TRACE = 1

/**
 * Both clocks are those of one machine, since captures and the proxy write to the ledger themselves: what differs is the
 * rounding to ms, and how late each side noticed that a call was given up. Attempts that follow each other at once are
 * further apart than they are from themselves.
 */
const TOLERANCE_MS = 25
/** In place of the distance between the ends: of a request that is pending none is known. */
const PENDING_MS = 1_000

export function spanCallOf(placed: PlacedEntry): SpanCall {
  const { spans } = placed.source
  return {
    placed,
    ...spanTimes(spans[0]),
    traceId: spans[0].traceId,
    spanIds: new Set(spans.map(({ spanId }) => spanId)),
    parentIds: new Set(spans.flatMap(({ parentSpanId }) => (parentSpanId === '' ? [] : [parentSpanId]))),
  }
}

/** Undefined when they cannot be of one call. `request` is of the same trace. */
export function likenessOf(call: SpanCall, request: TracedRequest): Likeness | undefined {
  const endMs = request.endMs ?? Number.POSITIVE_INFINITY
  const apartMs = Math.max(call.startMs - endMs, request.startMs - call.endMs)
  if (apartMs > TOLERANCE_MS || !mayBeSame(call.placed, request)) return undefined
  // Of two that stand the same way, the one that overlaps indeed.
  const rank = 2 * relationOf(call, request) + (apartMs > 0 ? 0 : 1)
  return { rank, distanceMs: distanceOf(call, request) }
}

/** That of two records with one id of their answer. */
export function sameAnswer(call: SpanCall, request: Pick<TracedRequest, 'startMs' | 'endMs'>): Likeness {
  return { rank: SAME_ANSWER, distanceMs: distanceOf(call, request) }
}

function distanceOf(call: SpanCall, { startMs, endMs }: Pick<TracedRequest, 'startMs' | 'endMs'>): number {
  const ends = endMs === undefined ? PENDING_MS : Math.abs(call.endMs - endMs)
  return Math.abs(call.startMs - startMs) + ends
}

export function isWithin({ spanIds }: SpanCall, { parentSpanId }: TracedRequest): boolean {
  return parentSpanId !== undefined && spanIds.has(parentSpanId)
}

function relationOf(call: SpanCall, request: TracedRequest): number {
  if (isWithin(call, request)) return WITHIN
  const { parentSpanId } = request
  return parentSpanId !== undefined && call.parentIds.has(parentSpanId) ? BESIDE : IN_TRACE
}

function mayBeSame({ entry }: PlacedEntry, request: TracedRequest): boolean {
  if ((entry.request_type === 'embedding') !== (request.requestType === 'embedding')) return false
  const { response_id: answer } = entry
  if (answer !== undefined && request.responseId !== undefined && answer !== request.responseId) return false
  if (entry.model === request.model && entry.model !== 'unknown') return true
  return mayBeSameModel([entry.model, entry.response_model], [request.model, request.responseModel])
}
