/**
 * Which spans are the calls of a model that count, each physical call once.
 *
 * A span counts when it means a call of a model and no span beneath it, in the same trace and the same export, means the
 * same call. The one beneath does when both are chats or both embeddings, no tool lies between them, they do not name two
 * different responses, and no other call of a model lies between. So of spans that several libraries made of one call the
 * innermost counts. What it does not say is taken from the outer ones, while these have no other call beneath them: the
 * sums of an outer span are not those of one call.
 *
 * Spans with one response id that overlap in time are one call too, wherever they stand: the first counts.
 */
import type { SpanMeaning } from './conventions/convention.js'
import { isSameCall } from './same-call.js'
import { type Span, spanTimes } from './span.js'
import { meaningOf, textField } from './span-fields.js'

export interface ModelCall {
  readonly meaning: 'chat' | 'embedding'
  /** The span that counts, then those around it that mean the same call, the nearest first. */
  readonly spans: readonly [Span, ...Span[]]
}

interface Node {
  readonly span: Span
  readonly meaning: SpanMeaning
  readonly responseId: string | undefined
  /** The call around it that means the same. */
  outer: Node | undefined
  /** How many calls right beneath it mean the same. */
  inner: number
}

/** Ancestors that are looked at; also what ends the walk where spans are each other's parents. */
const MAX_GENERATIONS = 64

/** Calls with one response id that are compared with a further one: some servers draw theirs from a few hundred. */
const MAX_NAMESAKES = 64

/** No two spans may have one id in one trace. */
export function modelCalls(spans: readonly Span[]): ModelCall[] {
  const nodes = new Map<string, Node>()
  for (const span of spans) nodes.set(keyOf(span.traceId, span.spanId), nodeOf(span))
  for (const node of nodes.values()) {
    const outer = isCall(node.meaning) ? outerCall(node, nodes) : undefined
    if (outer === undefined) continue
    node.outer = outer
    outer.inner += 1
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

function outerCall(node: Node, nodes: ReadonlyMap<string, Node>): Node | undefined {
  const { traceId } = node.span
  let parent = nodes.get(keyOf(traceId, node.span.parentSpanId))
  for (let steps = 0; parent !== undefined && steps < MAX_GENERATIONS; steps++) {
    if (parent === node || parent.meaning === 'tool') return undefined
    if (isCall(parent.meaning)) return meansSame(node, parent) ? parent : undefined
    parent = nodes.get(keyOf(traceId, parent.span.parentSpanId))
  }
  return undefined
}

function meansSame(inner: Node, outer: Node): boolean {
  if (inner.meaning !== outer.meaning) return false
  if (isWithin(outer, inner)) return false
  const [one, other] = [inner.responseId, outer.responseId]
  return one === undefined || other === undefined || one === other
}

/** Where spans are each other's ancestors, the first that was looked at is the inner one. */
function isWithin(node: Node, outer: Node): boolean {
  let around: Node | undefined = node
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

/** A span id is unique in its trace only. */
function keyOf(traceId: string, spanId: string): string {
  return `${traceId}${spanId}`
}
