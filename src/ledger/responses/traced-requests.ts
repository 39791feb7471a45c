/** Recent requests by the trace that their metadata names. */

import { dropOldest } from '../../drop-oldest.js'
import type { LoggedEntry } from '../../entry/entry.js'
import { isObject } from '../../entry/own-fields.js'
import { parseInstant } from '../../entry/timestamp.js'
import { spanIdOf, traceIdOf } from '../../entry/trace-ids.js'
import type { TracedRequest } from '../../ledger.js'
import { responseIdOf } from './response-ids.js'

/** 40 to 65 MB. */
const MAX_REQUESTS = 100_000
/** Of one trace, which may run for days. */
const MAX_IN_TRACE = 2_000

/** What every line with a trace has. */
export const TRACE_MARK = '"trace_id":'

export class TracedRequests {
  readonly #limit: number
  /** By project and trace, the latest behind; in it by id, the latest behind. */
  readonly #traces = new Map<string, Map<string, TracedRequest>>()
  #count = 0

  constructor(limit = MAX_REQUESTS) {
    this.#limit = limit
  }

  /** In the order in which they began. */
  get(projectId: string, traceId: string): readonly TracedRequest[] {
    const requests = this.#traces.get(keyOf(projectId, traceId))?.values() ?? []
    return [...requests].sort((one, other) => one.startMs - other.startMs)
  }

  /** The latest line of a request says its state: what is tried again is pending again. */
  add(projectId: string, entry: LoggedEntry): void {
    const traceId = isObject(entry.metadata) ? traceIdOf(entry.metadata.trace_id) : undefined
    const request = tracedRequest(entry)
    if (traceId === undefined || request === undefined) return
    const key = keyOf(projectId, traceId)
    const trace = this.#traces.get(key) ?? new Map<string, TracedRequest>()
    this.#traces.delete(key)
    this.#traces.set(key, trace)
    this.#count -= trace.size
    trace.delete(entry.id)
    trace.set(entry.id, request)
    dropOldest(trace, Math.min(this.#limit, MAX_IN_TRACE))
    this.#count = dropOldest(this.#traces, this.#limit, ({ size }) => size, this.#count + trace.size)
  }
}

function tracedRequest(entry: LoggedEntry): TracedRequest | undefined {
  const startMs = parseInstant(entry.timestamp_start)
  if (startMs === undefined) return undefined
  const { failed_attempts: failed, metadata, provider, response_model: responseModel } = entry
  return {
    id: entry.id,
    status: entry.status,
    model: String(entry.model),
    provider: typeof provider === 'string' ? provider : undefined,
    requestType: String(entry.request_type),
    startMs,
    endMs: entry.status === 'pending' ? undefined : (parseInstant(entry.timestamp_end) ?? startMs),
    parentSpanId: isObject(metadata) ? spanIdOf(metadata.parent_span_id) : undefined,
    responseId: responseIdOf(entry),
    responseModel: typeof responseModel === 'string' ? responseModel : undefined,
    attempts: 1 + (Array.isArray(failed) ? failed.length : 0),
    usage: usageOf(entry),
  }
}

function usageOf({ usage, usage_source: source }: LoggedEntry): TracedRequest['usage'] {
  if (!isObject(usage) || source !== 'provider') return undefined
  const { prompt_tokens: prompt, completion_tokens: completion } = usage
  return typeof prompt === 'number' && typeof completion === 'number' ? { prompt, completion } : undefined
}

/** An id of a project holds no line end. */
function keyOf(projectId: string, traceId: string): string {
  return `${projectId}\n${traceId}`
}
