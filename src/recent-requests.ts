/** What is known of recent requests, by whichever process they were logged. */
import type { Status } from './entry/entry.js'

/** A request whose provider named its answer. Epoch ms. */
export interface LoggedResponse {
  readonly id: string
  readonly startMs: number
  readonly endMs: number
}

/** A request whose `metadata.trace_id` names its trace, in the state of its latest line. Epoch ms. */
export interface TracedRequest {
  readonly id: string
  readonly status: Status
  readonly model: string
  readonly provider: string | undefined
  readonly requestType: string
  readonly startMs: number
  /** Undefined while it is pending. */
  readonly endMs: number | undefined
  /** `metadata.parent_span_id`: 16 lower case hex digits. */
  readonly parentSpanId: string | undefined
  readonly responseId: string | undefined
  readonly responseModel: string | undefined
  /** How many HTTP requests it stands for, as far as it tells: those of `failed_attempts`, and the last. */
  readonly attempts: number
  /** Tokens, where the provider counted them. */
  readonly usage: { readonly prompt: number; readonly completion: number } | undefined
}
