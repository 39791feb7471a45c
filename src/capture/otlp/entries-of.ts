/** An export of spans to entries: one for each call of a model. Pure: no I/O, no clock. */
import type { LLMRequestLogEntry } from '../../entry/entry.js'
import { jsonOf, listOf } from '../json.js'
import { Attributes } from './attributes.js'
import { entryFields } from './entry-fields.js'
import { modelCalls } from './model-calls.js'
import type { RecentCalls } from './recent-calls.js'
import { readSpan, type Span } from './span.js'
import { type SpanPlace, spanPlace } from './span-place.js'
import type { SpanTree } from './span-tree.js'

/** An entry without its project and chat, which the span may name and whoever logs it decides. */
export interface SpanEntry {
  /** `id` is made from the ids of trace and span: the same span again is the same entry. */
  readonly fields: Partial<LLMRequestLogEntry> & { readonly id: string; readonly model: string }
  readonly place: SpanPlace
  /** The span that counts, and those around it that mean the same call. */
  readonly spans: readonly [Span, ...Span[]]
}

/** A span that cannot be taken. `spanId` is hex, or empty where the span has none. */
export interface RejectedSpan {
  readonly spanId: string
  /** One clause without anything that the span says; it follows on "the span was refused:". */
  readonly reason: string
}

export interface SpanEntries {
  readonly entries: readonly SpanEntry[]
  readonly rejected: readonly RejectedSpan[]
}

/**
 * The entries of an ExportTraceServiceRequest in the form that OTLP has in JSON: ids as hex, 64-bit integers as texts or
 * numbers. What is not known is ignored, spans that are no calls of a model are left out. Never throws, whatever it is
 * given. `model-calls.ts` says which spans count. With `recent`, which is changed, exports that follow each other count as
 * one: an outer span that comes after the call within it is no second call. `tree`, which is changed, gets all spans.
 */
export function entriesOf(request: unknown, recent?: RecentCalls, tree?: SpanTree): SpanEntries {
  const spans = new Map<string, Span>()
  const rejected: RejectedSpan[] = []
  for (const { value, resource } of spansIn(request)) {
    const span = readSpan(value, resource)
    if (typeof span === 'string') {
      rejected.push({ spanId: '', reason: span })
      continue
    }
    const key = span.traceId + span.spanId
    if (spans.has(key)) rejected.push({ spanId: span.spanId, reason: 'another span has its ids' })
    else spans.set(key, span)
  }
  if (tree !== undefined) for (const span of spans.values()) tree.add(span)
  const entries = modelCalls([...spans.values()], recent).map((call) => ({
    fields: entryFields(call),
    place: spanPlace(call.spans),
    spans: call.spans,
  }))
  return { entries, rejected }
}

function* spansIn(request: unknown): Generator<{ value: unknown; resource: Attributes }> {
  for (const group of listOf(jsonOf(request).resourceSpans)) {
    const { resource, scopeSpans } = jsonOf(group)
    const attributes = new Attributes(jsonOf(resource).attributes)
    for (const scope of listOf(scopeSpans)) {
      for (const value of listOf(jsonOf(scope).spans)) yield { value, resource: attributes }
    }
  }
}
