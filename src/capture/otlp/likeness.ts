/** Which captured requests may be of the same physical call as spans of the same trace, and how surely. */
import type { LoggedResponse, TracedRequest } from '../../ledger.js'
import { areAlike, contradict } from './contradiction.js'
import { isSameCall, type Times } from './same-call.js'
import { responseIdOf, type SpanCall } from './span-call.js'
import type { TraceRequests } from './trace-requests.js'

/** The surest last. */
export const RANKS = {
  /** Both were made in one span, as when a captured framework calls an instrumented client. */
  beside: 1,
  /** The request was made within the span, as when an instrumentation wraps a captured client. */
  within: 2,
  sameAnswer: 3,
} as const

export interface Wish {
  readonly call: SpanCall
  readonly requestId: string
  /** How many attempts the request stands for: each may have a span, one after the other. */
  readonly attempts: number
  readonly isPending: boolean
  readonly rank: number
  /** Between the starts and between the ends; of equal ranks the least counts. */
  readonly distanceMs: number
}

/**
 * Both clocks are those of one machine, since captures write to the ledger themselves: what differs is the rounding to
 * ms, and how late each side noticed that a call was over.
 */
const SLACK_MS = 25
/** What a framework does before its client calls, and the other way round. */
const APART_MS = 100
/** In place of the distance between the ends: of a request that is pending none is known. */
const PENDING_MS = 1_000

/** `response` is the request that was found by the answer of the call, in whatever trace. */
export function wishesOf(
  call: SpanCall,
  requests: TraceRequests | undefined,
  response: LoggedResponse | undefined,
): Wish[] {
  const related = requests === undefined ? [] : relatedWishes(call, requests)
  const named = requests?.answered(responseIdOf(call)).filter((one) => isSameCall(call, timesOf(one))) ?? []
  if (named.length > 0) {
    return [...named.map((one) => wish(call, one, RANKS.sameAnswer)), ...related]
  }
  if (response === undefined || response.id === call.placed.entry.id || !isSameCall(call, response))
    return related
  return [wish(call, { ...response, attempts: 1 }, RANKS.sameAnswer), ...related]
}

function relatedWishes(call: SpanCall, requests: TraceRequests): Wish[] {
  const within = requests
    .within(call.spanId)
    .filter((one) => overlapMs(call, timesOf(one)) >= 0 && !contradict(call, one))
  // A call made within the span is the span's: it wishes for no other then.
  if (within.length > 0) return within.map((one) => wish(call, one, RANKS.within))
  const beside = new Set<TracedRequest>()
  for (const id of call.aroundIds) {
    for (const one of requests.beside(id, call.startMs, APART_MS)) if (isBeside(call, one)) beside.add(one)
    for (const one of requests.tried(id, call.startMs + SLACK_MS)) if (isAttempt(call, one)) beside.add(one)
  }
  return [...beside]
    .filter((one) => !contradict(call, one) && areAlike(call, one))
    .map((one) => wish(call, one, RANKS.beside))
}

/** The request is known to begin with the call. */
function isBeside(call: SpanCall, request: TracedRequest): boolean {
  const times = timesOf(request)
  if (request.endMs === undefined) return overlapMs(call, times) >= 0
  return isMostOf(call, times) && (contains(call, times) || contains(times, call))
}

function isAttempt(call: SpanCall, request: TracedRequest): boolean {
  return request.endMs !== undefined && isMostOf(call, timesOf(request)) && contains(timesOf(request), call)
}

/** What follows at once touches, or seems to overlap by the rounding: that is no overlap of one call. */
function isMostOf(one: Times, other: Times): boolean {
  const shorter = Math.min(one.endMs - one.startMs, other.endMs - other.startMs)
  return overlapMs(one, other) >= shorter / 2
}

function contains(outer: Times, inner: Times): boolean {
  return outer.startMs - SLACK_MS <= inner.startMs && inner.endMs <= outer.endMs + SLACK_MS
}

/** Negative where there is a time between them. */
function overlapMs(one: Times, other: Times): number {
  return Math.min(one.endMs, other.endMs) - Math.max(one.startMs, other.startMs)
}

function timesOf({ startMs, endMs = Number.POSITIVE_INFINITY }: TracedRequest): Times {
  return { startMs, endMs }
}

function wish(
  call: SpanCall,
  { id, attempts, startMs, endMs }: Pick<TracedRequest, 'id' | 'attempts' | 'startMs' | 'endMs'>,
  rank: number,
): Wish {
  const ends = endMs === undefined ? PENDING_MS : Math.abs(call.endMs - endMs)
  const distanceMs = Math.abs(call.startMs - startMs) + ends
  return { call, requestId: id, attempts, isPending: endMs === undefined, rank, distanceMs }
}
