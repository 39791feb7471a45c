/** Why the SDK gave up on a request. Told from shapes, as the SDK's own classes are not imported. */
import type { EntryError } from '../../entry/entry.js'
import { isJson, jsonOf, textOf } from '../json.js'
import { providerError } from './arrived.js'

export interface Failure {
  readonly status: 'error' | 'timeout'
  readonly error: EntryError
  readonly httpStatus?: number | undefined
}

export interface FailureContext {
  /** The application raised its signal. */
  readonly abortedByCaller: boolean
  /** The last attempt was aborted by somebody: the application, or the SDK's timer. */
  readonly attemptAborted: boolean
}

export function describeFailure(thrown: unknown, context: FailureContext): Failure {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  if (context.abortedByCaller) return { status: 'error', error: { code: 'aborted', message } }
  const httpStatus = isJson(thrown) && typeof thrown.status === 'number' ? thrown.status : undefined
  if (httpStatus !== undefined) {
    const body = jsonOf(thrown).error
    const error = isJson(body)
      ? // Anthropic's SDK gives the whole answer, which holds the error once more.
        providerError(isJson(body.error) ? body.error : body, `http_${httpStatus}`)
      : { code: `http_${httpStatus}`, message }
    return { status: 'error', httpStatus, error }
  }
  const reasons = causes(thrown)
  if (context.attemptAborted || reasons.some(isTimeout)) {
    return { status: 'timeout', error: { code: 'timeout', message } }
  }
  const code = reasons.map((reason) => textOf(reason.code)).find((found) => found !== undefined)
  const told = [
    ...new Set(reasons.map((reason) => textOf(reason.message)).filter((text) => text !== undefined)),
  ]
  return {
    status: 'error',
    error: { code: code ?? 'connection_error', message: told.join(' <- ') || message },
  }
}

function isTimeout(reason: Readonly<Record<string, unknown>>): boolean {
  return /timed? ?out/i.test(`${String(reason.name)} ${String(reason.message)} ${String(reason.code)}`)
}

/** The error and its causes, outermost first. */
function causes(thrown: unknown): Readonly<Record<string, unknown>>[] {
  const found: Readonly<Record<string, unknown>>[] = []
  for (let at = thrown; isJson(at) && found.length < 5; at = at.cause) found.push(at)
  return found
}
