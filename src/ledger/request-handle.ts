/** logLLMRequest: one line. startLLMRequest: a pending line now, the final one of the same id at the end. */
import type { EntryError, LLMRequestLogEntry, LogResult, Status } from '../entry/entry.js'
import { isObject, ownFields } from '../entry/own-fields.js'
import { lineOf, prepareEntry } from '../entry/prepare.js'
import type { PreparedEntry } from '../entry/prepared-entry.js'
import { StateError } from '../errors.js'
import type { LLMRequestHandle, LogOptions } from '../ledger.js'
import type { RequestLog } from './request-log.js'

export function logRequest(
  log: RequestLog,
  entry: LLMRequestLogEntry,
  options: LogOptions,
): Promise<LogResult> {
  const operation = 'logLLMRequest'
  return log.log((now) => prepareEntry(entry, now, operation), options, operation, entry)
}

/** Rejects as logLLMRequest does; with `onError: 'never'` the handle works even when the pending line failed. */
export async function startRequest(
  log: RequestLog,
  entry: LLMRequestLogEntry,
  options: LogOptions,
): Promise<LLMRequestHandle> {
  const operation = 'startLLMRequest'
  const startedAt = performance.now()
  let start = entry
  const begin = (now: number): PreparedEntry => {
    const given = { ...ownFields(entry, operation), status: 'pending' } as LLMRequestLogEntry
    const prepared = prepareEntry(given, now, operation)
    // Its own copy: what the caller changes meanwhile must not differ between the two lines.
    start = JSON.parse(lineOf(prepared, '', operation))
    return prepared
  }
  const { id } = await log.log(begin, options, operation, entry)
  let ended = false

  const end = async (status: Status, fields: () => object): Promise<LogResult> => {
    if (ended) {
      if (options.onError === 'never') return { id, logged: false, timestamp: new Date().toISOString() }
      const message = `the request ${id} has ended`
      throw new StateError('REQUEST_ALREADY_ENDED', message, { operation: 'endLLMRequest' })
    }
    ended = true
    const elapsed = performance.now() - startedAt
    try {
      return await log.log(
        (now) => prepareEntry(finalEntry(id, status, start, elapsed, fields()), now, 'endLLMRequest'),
        options,
        'endLLMRequest',
        start,
        id,
      )
    } catch (error) {
      // Nothing was written, so a corrected end may follow.
      ended = false
      throw error
    }
  }

  return {
    id,
    complete: (more) => end('success', () => more ?? {}),
    fail: (error, more) =>
      end('error', () => ({ ...httpStatusOf(error), ...more, error: toEntryError(error) })),
    timeout: (more) => end('timeout', () => ({ error: TIMED_OUT, ...more })),
  }
}

const TIMED_OUT: EntryError = { code: 'timeout', message: 'the request timed out' }

/** The start with what is known at the end, `elapsed` ms later. */
function finalEntry(
  id: string,
  status: Status,
  start: LLMRequestLogEntry,
  elapsed: number,
  fields: object,
): LLMRequestLogEntry {
  const given: Partial<LLMRequestLogEntry> = ownFields(fields, 'endLLMRequest')
  const { usage_source: _, timestamp_start: begun, timings, ...rest } = start
  // Not from the duration: the start may have been the caller's, from before the call.
  const now = new Date().toISOString()
  return {
    ...rest,
    ...(begun === undefined ? {} : { timestamp_start: begun }),
    timestamp_end: begun !== undefined && now < begun ? begun : now,
    ...given,
    timings: {
      latency_ms: given.latency_ms ?? elapsed,
      total_duration_ms: elapsed,
      ...timings,
      ...given.timings,
    },
    id,
    status,
  }
}

/** {code, message} of anything that was thrown. */
function toEntryError(error: unknown): EntryError {
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
