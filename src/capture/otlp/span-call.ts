/** The call of the spans as it is compared with captured requests. */
import type { PlacedEntry } from './placed-entries.js'
import type { Times } from './same-call.js'
import { spanTimes } from './span.js'

export interface SpanCall extends Times {
  readonly placed: PlacedEntry
  readonly traceId: string
  /** Of the span that counts. */
  readonly spanId: string
  /** Of the spans that the call stands in right beneath: those around it that mean the same call, and each one's parent. */
  readonly aroundIds: readonly string[]
  readonly hasFailed: boolean
}

/** Libraries that tell of one call are two or three. */
const MAX_AROUND = 16

export function spanCallOf(placed: PlacedEntry): SpanCall {
  const { spans } = placed.source
  const times = spans.map(spanTimes)
  const around = [
    ...spans.slice(1).map(({ spanId }) => spanId),
    ...spans.flatMap(({ parentSpanId }) => parentSpanId || []),
  ]
  return {
    placed,
    startMs: Math.min(...times.map(({ startMs }) => startMs)),
    endMs: Math.max(...times.map(({ endMs }) => endMs)),
    traceId: spans[0].traceId,
    spanId: spans[0].spanId,
    aroundIds: [...new Set(around)].slice(0, MAX_AROUND),
    hasFailed: placed.entry.status !== 'success',
  }
}

export function responseIdOf({ placed }: SpanCall): string | undefined {
  const { response_id: responseId } = placed.entry
  return typeof responseId === 'string' ? responseId : undefined
}
