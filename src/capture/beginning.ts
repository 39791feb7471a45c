/** When a call of the application began, and how long it took. */
import type { Timings } from '../entry/entry.js'
import { uuidV7 } from '../entry/ids.js'
import { activeTrace } from './trace/active-trace.js'
import type { Trace } from './trace/trace.js'

/** When a call began. A call that ended in a failure and is tried again begins with the same id. */
export interface Beginning {
  readonly id: string
  /** ISO 8601 UTC with milliseconds. */
  readonly timestamp: string
  /** As performance.now() gives it, ms. */
  readonly startedAt: number
  /** The same, of the attempt that is under way. */
  readonly attemptAt: number
  /** In which it was made, where that is known. */
  readonly trace?: Trace | undefined
  /** Settles when the end of the attempt before is logged: of ends in one millisecond the last line counts. */
  readonly after?: Promise<unknown>
}

/** To be called where the call is made, for the span that is active there. */
export function beginNow(): Beginning {
  const now = performance.now()
  const timestamp = new Date().toISOString()
  return { id: uuidV7(), timestamp, startedAt: now, attemptAt: now, trace: activeTrace() }
}

/** All as performance.now() gives it, ms. Latency is the last attempt's; the total has earlier ones and the pauses between them. */
export function timingsOf(
  startedAt: number,
  attemptAt: number,
  firstTokenAt: number | undefined,
  now: number,
): Timings {
  return {
    latency_ms: rounded(now - attemptAt),
    total_duration_ms: rounded(now - startedAt),
    ...(firstTokenAt === undefined ? {} : { time_to_first_token_ms: rounded(firstTokenAt - attemptAt) }),
  }
}

function rounded(ms: number): number {
  return Math.max(0, Math.round(ms * 100) / 100)
}
