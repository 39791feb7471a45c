/** Spans of OpenTelemetry to entries: `entriesOf` for parsed JSON, `decodeTraces` for protobuf, `TraceReceiver` for a server. */
export { entriesOf, type RejectedSpan, type SpanEntries, type SpanEntry } from './entries-of.js'
export { jsonAnswer, protobufAnswer, type Receipt } from './export-answer.js'
export type { ExportHeaders } from './placed-entries.js'
export { decodeTraces } from './protobuf.js'
export { type Clock, type ReceiverLedger, type ReceiverOptions, TraceReceiver } from './receiver.js'
export { RecentCalls } from './recent-calls.js'
export { checkSpanCount, TooManySpans } from './span-limit.js'
export { chatIdFor, type SpanPlace } from './span-place.js'
