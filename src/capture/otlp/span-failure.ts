/** How a call ended. */
import type { LLMRequestLogEntry } from '../../entry/entry.js'
import { redactedCut } from '../../entry/redact.js'
import type { Attributes } from './attributes.js'
import type { Span } from './span.js'

type First = <T>(read: (span: Span) => T | undefined) => T | undefined

/** Longer ones hold a page or a prompt. */
const MAX_MESSAGE = 4_096

/**
 * The status, the error and the HTTP status. A call failed when the span that counts says so, by its status or by
 * `error.type`: that an outer span failed may have other reasons.
 */
export function failureOf(span: Span, first: First): Partial<LLMRequestLogEntry> {
  const httpStatus = first(({ attributes }) => httpStatusOf(attributes))
  const http = httpStatus === undefined ? {} : { http_status: httpStatus }
  const type = span.attributes.text('error.type')
  if (!span.hasFailed && type === undefined) return { status: 'success', ...http }
  const exception = span.events.find(({ name }) => name === 'exception')?.attributes
  const code = type ?? exception?.text('exception.type') ?? 'error'
  const message = span.statusMessage || exception?.text('exception.message') || 'The request failed.'
  return {
    status: /time[d_ -]*out/i.test(code) ? 'timeout' : 'error',
    error: { code: redactedCut(code, 256), message: redactedCut(message, MAX_MESSAGE) },
    ...http,
  }
}

function httpStatusOf(attributes: Attributes): number | undefined {
  const status = attributes.number('http.response.status_code', 'http.status_code')
  return status !== undefined && Number.isInteger(status) && status >= 100 && status <= 599
    ? status
    : undefined
}
