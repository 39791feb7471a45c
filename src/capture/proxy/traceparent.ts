/** The header in which a client says the trace of its request. https://www.w3.org/TR/trace-context/, section 3.2. */
import { type Trace, traceOf } from '../trace/trace.js'

/** Version, trace, span and flags, lower case only; a later version may have more behind a further dash. */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/

/** Undefined for what is no such header. Of a later version what the first one has is read, as W3C asks for. */
export function readTraceparent(header: unknown): Trace | undefined {
  const [, version, traceId, spanId, rest] =
    typeof header === 'string' ? (TRACEPARENT.exec(header) ?? []) : []
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined
  return traceOf(traceId, spanId)
}
