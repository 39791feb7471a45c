/** Which spans lie around which, of the latest that were exported: a captured request may be far below the span of its call. */
import { dropOldest } from '../../drop-oldest.js'
import type { Span } from './span.js'

/** About 15 MB. */
const MAX_SPANS = 50_000
/** Spans of HTTP clients and the like between a call and its request. */
const MAX_STEPS = 8
/** A span with one of them is a piece of work of its own: what is below it may be another call. */
const WORK = ['gen_ai.operation.name', 'llm.request.type', 'openinference.span.kind', 'ai.operationId']

interface Place {
  /** Empty for a root. */
  readonly parentId: string
  readonly isWork: boolean
}

export class SpanTree {
  readonly #limit: number
  /** By trace and span, the latest behind. */
  readonly #places = new Map<string, Place>()

  constructor(limit = MAX_SPANS) {
    this.#limit = limit
  }

  add({ traceId, spanId, parentSpanId, attributes }: Span): void {
    const key = traceId + spanId
    this.#places.delete(key)
    this.#places.set(key, { parentId: parentSpanId, isWork: attributes.text(...WORK) !== undefined })
    dropOldest(this.#places, this.#limit)
  }

  /** Undefined where it is not known, or there is none. */
  parentOf(traceId: string, spanId: string): string | undefined {
    return this.#places.get(traceId + spanId)?.parentId || undefined
  }

  /** The span itself, then those around it, as far as they are known, up to the first that is work of its own. */
  *upFrom(traceId: string, spanId: string): Generator<string> {
    let at = spanId
    for (let steps = 0; at !== '' && steps <= MAX_STEPS; steps++) {
      yield at
      const place = this.#places.get(traceId + at)
      if (place === undefined || place.isWork) return
      at = place.parentId
    }
  }
}
