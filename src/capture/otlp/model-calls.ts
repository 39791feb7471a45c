/**
 * Which spans are the calls of a model that count, each physical call once.
 *
 * A span counts when it means a call of a model and no span beneath it, in the same trace, means the same call. The one
 * beneath does when both are chats or both embeddings, no tool lies between them, they do not name two different
 * responses, and no other call of a model lies between. So of spans that several libraries made of one call the innermost
 * counts. What it does not say is taken from the outer ones of the same export, while these have no other call beneath
 * them: the sums of an outer span are not those of one call.
 *
 * Spans with one response id that overlap in time are one call too, wherever they stand: the first counts.
 */
import type { SpanMeaning } from './conventions/convention.js'
import type { RecentCalls, SeenCall } from './recent-calls.js'
import { isSameCall } from './same-call.js'
import { type Span, spanTimes } from './span.js'
import { meaningOf, textField } from './span-fields.js'

export interface ModelCall {
  readonly meaning: 'chat' | 'embedding'
  /** The span that counts, then those around it that mean the same call, the nearest first. */
  readonly spans: readonly [Span, ...Span[]]
}

interface Node extends SeenCall {
  readonly span: Span
  /** The call around it that means the same. */
  outer: Node | undefined
  /** How many calls right beneath it mean the same. */
  inner: number
}

/** By trace and span: a span id is unique in its trace only. */
type Nodes = ReadonlyMap<string, Node>

/** Ancestors that are looked at; also what ends the walk where spans are each other's parents. */
const MAX_GENERATIONS = 64

/** Calls with one response id that are compared with a further one: some servers draw theirs from a few hundred. */
const MAX_NAMESAKES = 64

/** No two spans may have one id in one trace. `recent` joins the exports of one sender. */
export function modelCalls(spans: readonly Span[], recent?: RecentCalls): ModelCall[] {
  const nodes = new Map<string, Node>()
  for (const span of spans) nodes.set(keyOf(span.traceId, span.spanId), nodeOf(span))
  for (const [key, node] of nodes) {
    if (isCall(node.meaning)) {
      const { traceId, parentSpanId } = node.span
      node.outer = callAround(node, keyOf(traceId, parentSpanId), nodes, recent, node)
      if (node.outer !== undefined) node.outer.inner += 1
    }
    for (const seen of recent?.beneath(key) ?? []) {
      const outer = callAround(seen, key, nodes, recent)
      if (outer !== undefined) outer.inner += 1
    }
  }
  const counted = [...nodes.values()].filter(({ meaning, inner }) => isCall(meaning) && inner === 0)
  return firstOfEachResponse(counted).flatMap((node) =>
    isCall(node.meaning) ? [{ meaning: node.meaning, spans: [node.span, ...outerSpans(node)] }] : [],
  )
}

function nodeOf(span: Span): Node {
  const responseId = textField(span.attributes, 'responseId')
  return { span, meaning: meaningOf(span.attributes), responseId, outer: undefined, inner: 0 }
}

/** From `key` upwards the next call, when it means the same. Where a parent is missing, what is beneath it is noted. */
function callAround(
  call: SeenCall,
  key: string,
  nodes: Nodes,
  recent: RecentCalls | undefined,
  self?: Node,
): Node | undefined {
  let at = key
  for (let steps = 0; steps < MAX_GENERATIONS; steps++) {
    const node = nodes.get(at)
    if (node === undefined) {
      if (!isRoot(at)) recent?.add(at, call)
      return undefined
    }
    if (node === self || node.meaning === 'tool') return undefined
    if (isCall(node.meaning)) return meansSame(call, node) && !isWithin(node, self) ? node : undefined
    at = keyOf(node.span.traceId, node.span.parentSpanId)
  }
  return undefined
}

function meansSame(inner: SeenCall, outer: SeenCall): boolean {
  if (inner.meaning !== outer.meaning) return false
  const [one, other] = [inner.responseId, outer.responseId]
  return one === undefined || other === undefined || one === other
}

/** Where spans are each other's ancestors, the first that was looked at is the inner one. */
function isWithin(node: Node, outer: Node | undefined): boolean {
  let around: Node | undefined = outer === undefined ? undefined : node
  for (let steps = 0; around !== undefined && steps < MAX_GENERATIONS; steps++) {
    if (around === outer) return true
    around = around.outer
  }
  return false
}

function outerSpans(node: Node): Span[] {
  const spans: Span[] = []
  for (let outer = node.outer; outer !== undefined && outer.inner === 1; outer = outer.outer) {
    if (spans.length >= MAX_GENERATIONS) break
    spans.push(outer.span)
  }
  return spans
}

function firstOfEachResponse(nodes: readonly Node[]): Node[] {
  const firsts = new Map<string, Node[]>()
  return nodes.filter((node) => {
    if (node.responseId === undefined) return true
    const others = firsts.get(node.responseId) ?? []
    if (others.some(({ span }) => isSameCall(spanTimes(span), spanTimes(node.span)))) return false
    firsts.set(node.responseId, [...others.slice(-MAX_NAMESAKES), node])
    return true
  })
}

function isCall(meaning: SpanMeaning): meaning is ModelCall['meaning'] {
  return meaning === 'chat' || meaning === 'embedding'
}

const TRACE_DIGITS = 32

function keyOf(traceId: string, spanId: string): string {
  return `${traceId}${spanId}`
}

/** The key of a parent that there is none of. */
function isRoot(key: string): boolean {
  return key.length === TRACE_DIGITS
}
