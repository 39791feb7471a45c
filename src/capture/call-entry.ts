/** The fields of a captured call's entry: what its beginning says, and what its end adds. */
import type { EntryError, LLMRequestLogEntry } from '../entry/entry.js'
import { isPlain } from '../entry/own-fields.js'
import { toPlainJson } from '../entry/plain-copy.js'
import { isModel } from '../entry/validate.js'
import { type CallStart, type CaptureOptions, type PerRequest, valueFor } from './capture.js'
import { keptHeaders } from './privacy/kept-headers.js'

/** Throws what the functions among the options throw. `timestamp` is ISO 8601 UTC. */
export function beginningFields(
  options: CaptureOptions,
  start: CallStart,
  id: string,
  timestamp: string,
): LLMRequestLogEntry {
  const { request, model, provider, params, outputFormat, requestType, parentId } = start
  const headers = keptHeaders(options.headers, start.headers)
  const of = <T>(value: PerRequest<T>): T => valueFor(value, request)
  return {
    id,
    project_id: of(options.projectId),
    chat_id: of(options.chatId),
    // A name that is none would cost the entry.
    model: isModel(model) ? model : 'unknown',
    status: 'pending',
    timestamp_start: timestamp,
    provider: options.provider === undefined ? provider : of(options.provider),
    params: own(params),
    ...(outputFormat === undefined ? {} : { output_format_hint: outputFormat }),
    ...(requestType === undefined ? {} : { request_type: requestType }),
    ...(parentId === undefined ? {} : { parent_id: parentId }),
    ...(headers === undefined ? {} : { request_headers: headers }),
    ...(options.userId === undefined ? {} : { user_id: of(options.userId) }),
    ...(options.sessionId === undefined ? {} : { session_id: of(options.sessionId) }),
    ...(options.tags === undefined ? {} : { tags: own(of(options.tags)) }),
    ...(options.environment === undefined ? {} : { environment: of(options.environment) }),
    ...(options.metadata === undefined ? {} : { metadata: own(of(options.metadata)) }),
  }
}

/** A copy: what the caller does with its object later is no part of the call. */
export function own<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  try {
    if (Object.values(value).every(isFlat)) {
      // With holes it may be longer than all memory.
      if (Array.isArray(value) && Object.keys(value).length === value.length) return [...value] as T
      if (!Array.isArray(value) && isPlain(value)) return { ...value }
    }
  } catch {
    // A field of it threw; it is read once more, one by one.
  }
  return toPlainJson(value) as T
}

function isFlat(value: unknown): boolean {
  return typeof value !== 'object' || value === null
}

/** Why a call has no whole answer; a reason of its own where none is known. */
export function failureOf(status: 'error' | 'timeout', error: EntryError | null | undefined): EntryError {
  const { code, message } = error ?? (status === 'timeout' ? TIMED_OUT : FAILED)
  return { code, message }
}

const TIMED_OUT: EntryError = { code: 'timeout', message: 'The request timed out.' }
const FAILED: EntryError = { code: 'error', message: 'The request failed.' }
