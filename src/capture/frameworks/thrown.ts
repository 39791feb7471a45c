/** Why a call of a framework failed, told from the shapes of its errors and of those of the SDKs below it. */
import type { EntryError } from '../../entry/entry.js'
import { isJson, jsonOf, parseJson, textOf } from '../json.js'
import { describeFailure, type Failure } from '../wire/failure.js'

/** `signal` is the application's, where the framework tells it. */
export function describeThrown(thrown: unknown, signal?: AbortSignal): Failure {
  const message = messageOf(thrown)
  if (signal?.aborted === true) return stopped(signal.reason, message)
  if (isAbort(thrown)) return stopped(thrown, message)
  if (isUnreadable(thrown)) {
    const httpStatus = httpStatusOf(jsonOf(thrown))
    return { status: 'error', httpStatus, error: { code: 'invalid_response', message } }
  }
  return describeFailure(asSdkError(thrown, message), { abortedByCaller: false, attemptAborted: false })
}

/** A timer and the application raise the same signal; the reason tells them apart. */
function stopped(reason: unknown, message: string): Failure {
  const isTimer = isJson(reason) && reason.name === 'TimeoutError'
  const code = isTimer ? 'timeout' : 'aborted'
  return { status: isTimer ? 'timeout' : 'error', error: { code, message } }
}

function isAbort(thrown: unknown): boolean {
  const name = textOf(jsonOf(thrown).name)
  return (name !== undefined && ABORTS.has(name)) || messageOf(thrown) === 'AbortError'
}

const ABORTS = new Set(['AbortError', 'ModelAbortError', 'APIUserAbortError', 'ResponseAborted'])

/** The provider answered with something else than its API promises. */
function isUnreadable(thrown: unknown): boolean {
  if (!isJson(thrown)) return false
  const status = httpStatusOf(thrown)
  if (status !== undefined && isRefusal(status)) return false
  // The AI SDK wraps what it could not parse.
  return INVALID.has(textOf(thrown.name) ?? '') || INVALID.has(textOf(jsonOf(thrown.cause).name) ?? '')
}

function isRefusal(status: number): boolean {
  return status < 200 || status >= 300
}

const INVALID = new Set([
  'SyntaxError',
  'AI_JSONParseError',
  'AI_TypeValidationError',
  'AI_InvalidResponseDataError',
  'AI_EmptyResponseBodyError',
])

/** The error with its status and body where the SDKs have them: `status` and `error`. */
function asSdkError(thrown: unknown, message: string): unknown {
  if (!isJson(thrown)) return thrown
  const status = httpStatusOf(thrown)
  const body = jsonOf(thrown.data).error ?? thrown.error ?? jsonOf(bodyOf(thrown)).error
  // Anthropic's SDK keeps the whole body, in which the error stands.
  const answered = isJson(body) && isJson(body.error) ? body.error : body
  const seen = new Error(message, { cause: thrown.cause })
  return Object.assign(seen, {
    name: thrown.name,
    code: thrown.code,
    ...(status !== undefined && isRefusal(status) ? { status, error: answered } : {}),
  })
}

function bodyOf(thrown: Readonly<Record<string, unknown>>): unknown {
  const body = textOf(thrown.responseBody)
  return body === undefined || body.length > MAX_BODY ? undefined : parseJson(body)
}

const MAX_BODY = 100_000

function httpStatusOf(thrown: Readonly<Record<string, unknown>>): number | undefined {
  const status = thrown.statusCode ?? thrown.status
  const isStatus = typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599
  return isStatus ? status : undefined
}

function messageOf(thrown: unknown): string {
  return textOf(jsonOf(thrown).message) ?? String(thrown)
}

/** The error of a stream that had begun: that the connection broke is said in one way, whatever broke it. */
export function brokenOff(error: EntryError): EntryError {
  return CONNECTION.test(error.code) ? { code: INTERRUPTED.code, message: error.message } : error
}

const CONNECTION = /^(?:connection_error$|UND_ERR_|ECONN|EPIPE|ERR_STREAM)/

/** The stream ended before the answer did, and nobody said why. */
export const INTERRUPTED: EntryError = {
  code: 'stream_interrupted',
  message: 'The stream ended before the answer did.',
}

export const LEFT: EntryError = { code: 'aborted', message: 'The application stopped reading the answer.' }
