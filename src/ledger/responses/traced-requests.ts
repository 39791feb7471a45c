/** Recent requests by the trace that their metadata names. */
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

  /** Oldest first. */
  get(projectId: string, traceId: string): readonly TracedRequest[] {
    return [...(this.#traces.get(keyOf(projectId, traceId))?.values() ?? [])]
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
    this.#count += trace.size
    for (const [oldest, { size }] of this.#traces) {
      if (this.#count <= this.#limit) break
      this.#traces.delete(oldest)
      this.#count -= size
    }
  }
}

function tracedRequest(entry: LoggedEntry): TracedRequest | undefined {
  const startMs = parseInstant(entry.timestamp_start)
  if (startMs === undefined) return undefined
  const { failed_attempts: failed, metadata, response_model: responseModel } = entry
  return {
    id: entry.id,
    model: String(entry.model),
    requestType: String(entry.request_type),
    startMs,
    endMs: entry.status === 'pending' ? undefined : (parseInstant(entry.timestamp_end) ?? startMs),
    parentSpanId: isObject(metadata) ? spanIdOf(metadata.parent_span_id) : undefined,
    responseId: responseIdOf(entry),
    responseModel: typeof responseModel === 'string' ? responseModel : undefined,
    attempts: 1 + (Array.isArray(failed) ? failed.length : 0),
  }
}

function dropOldest(trace: Map<string, TracedRequest>, limit: number): void {
  for (const oldest of trace.keys()) {
    if (trace.size <= limit) break
    trace.delete(oldest)
  }
}

/** An id of a project holds no line end. */
function keyOf(projectId: string, traceId: string): string {
  return `${projectId}\n${traceId}`
}
