/** startLLMRequest: a pending line now, the final one of the same id at the end. */
import { completeEntry } from '../entry/complete.js'
import type { EntryError, LLMRequestLogEntry, LogResult, Status } from '../entry/entry.js'
import { isObject } from '../entry/validate.js'
import { StateError } from '../errors.js'
import type { LLMRequestHandle, LogOptions } from '../ledger.js'
import type { RequestLog } from './request-log.js'

/** Rejects as logLLMRequest does; with `onError: 'never'` the handle works even when the pending line failed. */
export async function startRequest(
  log: RequestLog,
  entry: LLMRequestLogEntry,
  options: LogOptions,
): Promise<LLMRequestHandle> {
  const operation = 'startLLMRequest'
  const startedAt = performance.now()
  const pending = { ...entry, status: 'pending' as const }
  let start: LLMRequestLogEntry
  try {
    start = completeEntry(pending, Date.now(), operation)
  } catch {
    // The log refuses it with the same problems, and counts it.
    start = pending
  }
  const { id } = await log.log(start, options, operation)
  let ended = false

  const end = async (status: Status, more: Partial<LLMRequestLogEntry>): Promise<LogResult> => {
    if (ended) {
      if (options.onError === 'never') return { id, logged: false, timestamp: new Date().toISOString() }
      throw new StateError('REQUEST_ALREADY_ENDED', `the request ${id} has ended`, {
        operation: 'endLLMRequest',
      })
    }
    ended = true
    const elapsed = performance.now() - startedAt
    const timings = { latency_ms: elapsed, total_duration_ms: elapsed, ...start.timings, ...more.timings }
    // Not from the duration: the start may have been the caller's, from before this call.
    const now = new Date().toISOString()
    const end =
      start.timestamp_start !== undefined && now < start.timestamp_start ? start.timestamp_start : now
    const { usage_source: _, ...begun } = start
    try {
      return await log.log(
        { ...begun, timestamp_end: end, ...more, timings, id, status },
        options,
        'endLLMRequest',
      )
    } catch (error) {
      // Nothing was written, so a corrected end may follow.
      ended = false
      throw error
    }
  }

  return {
    id,
    complete: (more = {}) => end('success', more),
    fail: (error, more = {}) => end('error', { ...httpStatusOf(error), ...more, error: toEntryError(error) }),
    timeout: (more = {}) =>
      end('timeout', { error: { code: 'timeout', message: 'the request timed out' }, ...more }),
  }
}

/** {code, message} of anything that was thrown. */
export function toEntryError(error: unknown): EntryError {
  if (!isObject(error)) return { code: 'unknown', message: String(error) }
  const { code, message, name } = error
  return {
    code:
      typeof code === 'string' || typeof code === 'number'
        ? String(code)
        : typeof name === 'string'
          ? name
          : 'unknown',
    message: typeof message === 'string' ? message : 'no message',
  }
}

/** The SDKs' errors carry the HTTP status as `status`. */
function httpStatusOf(error: unknown): { http_status?: number } {
  const status = isObject(error) ? error.status : undefined
  const isStatus = typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599
  return isStatus ? { http_status: status } : {}
}
