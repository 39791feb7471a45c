/** The trace in which a call was made, and how its entry tells of it. */
import { isObject, isPlain } from '../../entry/own-fields.js'
import { spanIdOf, traceIdOf } from '../../entry/trace-ids.js'

export interface Trace {
  /** 32 lower case hex digits, not all zero. */
  readonly traceId: string
  /** Of the span in which the call was made: 16 lower case hex digits, not all zero. */
  readonly spanId: string
}

/** Undefined where one of the two is no id. */
export function traceOf(traceId: unknown, spanId: unknown): Trace | undefined {
  const [trace, span] = [traceIdOf(traceId), spanIdOf(spanId)]
  return trace === undefined || span === undefined ? undefined : { traceId: trace, spanId: span }
}

/**
 * The metadata of an entry with `trace_id` and `parent_span_id`, the names that entries of spans use. What the user gave
 * stays: where it names a trace itself, or is no plain object, nothing is added. Never throws.
 */
export function withTrace(metadata: unknown, trace: Trace | undefined): unknown {
  if (trace === undefined) return metadata
  const noted = { trace_id: trace.traceId, parent_span_id: trace.spanId }
  if (metadata === undefined || metadata === null) return noted
  try {
    if (!isObject(metadata) || !isPlain(metadata) || 'toJSON' in metadata) return metadata
    if (Object.hasOwn(metadata, 'trace_id')) return metadata
    return { ...noted, ...metadata }
  } catch {
    // A getter that throws is a problem of its field, and told as that.
    return metadata
  }
}
