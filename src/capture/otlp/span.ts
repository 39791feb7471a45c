/** One span of an export, checked as far as an entry needs it. */
import { spanIdOf, traceIdOf } from '../../entry/trace-ids.js'
import { isJson, type Json, jsonOf, listOf, textOf } from '../json.js'
import { Attributes } from './attributes.js'
import { millisOf, nanosOf } from './nanos.js'
import type { Times } from './same-call.js'

export interface SpanEvent {
  readonly name: string
  readonly nanos: bigint | undefined
  readonly attributes: Attributes
}

export interface Span {
  /** 32 and 16 lower case hex digits; the parent is empty for a root. */
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly name: string
  readonly startNanos: bigint
  /** The start where the exporter gave none. */
  readonly endNanos: bigint
  readonly attributes: Attributes
  readonly resource: Attributes
  readonly events: readonly SpanEvent[]
  readonly hasFailed: boolean
  readonly statusMessage: string
}

/** The span, or the reason why it is none. */
export function readSpan(value: unknown, resource: Attributes): Span | string {
  if (!isJson(value)) return 'is no span'
  const traceId = traceIdOf(value.traceId)
  const spanId = spanIdOf(value.spanId)
  if (traceId === undefined) return 'its trace id is not 32 hex digits, or is zero'
  if (spanId === undefined) return 'its span id is not 16 hex digits, or is zero'
  const startNanos = nanosOf(value.startTimeUnixNano)
  if (startNanos === undefined) return 'it has no start time'
  const endNanos = nanosOf(value.endTimeUnixNano) ?? startNanos
  if (endNanos < startNanos) return 'it ends before it begins'
  const status = jsonOf(value.status)
  return {
    traceId,
    spanId,
    parentSpanId: spanIdOf(value.parentSpanId) ?? '',
    name: textOf(value.name) ?? '',
    startNanos,
    endNanos,
    attributes: new Attributes(value.attributes),
    resource,
    events: listOf(value.events).filter(isJson).map(readEvent),
    hasFailed: status.code === ERROR || status.code === 'STATUS_CODE_ERROR',
    statusMessage: textOf(status.message) ?? '',
  }
}

/** Of the status codes of OTLP. */
const ERROR = 2

export function spanTimes({ startNanos, endNanos }: Span): Times {
  return { startMs: millisOf(startNanos), endMs: millisOf(endNanos) }
}

function readEvent(event: Json): SpanEvent {
  return {
    name: textOf(event.name) ?? '',
    nanos: nanosOf(event.timeUnixNano),
    attributes: new Attributes(event.attributes),
  }
}
