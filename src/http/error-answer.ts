/** Any error to the one shape of an error answer. Nothing of the machine (stack, path, cause) is in it. */
import {
  ERROR_HINTS,
  type ErrorCode,
  LedgerlineError,
  type Problem,
  toSnakeName,
  ValidationError,
} from '../index.js'
import { WrittenFieldsError } from './validation.js'

export interface ErrorBody {
  /** The stable code. */
  readonly error: ErrorCode
  readonly message: string
  readonly details: { readonly hint: string; readonly problems?: readonly Problem[] }
}

export interface ErrorAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ErrorBody
}

/** A disk that is full now may have room again in this many seconds. */
const RETRY_AFTER_SECONDS = '5'

/** Where the name of the code does not say it. */
const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  BAD_REQUEST: 400,
  BAD_JSON: 400,
  BAD_OTLP: 400,
  FORBIDDEN_HOST: 403,
  FORBIDDEN_ORIGIN: 403,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TIMEOUT: 408,
  REGISTRY_IS_EXTERNAL: 409,
  REQUEST_ALREADY_ENDED: 409,
  BODY_TOO_LARGE: 413,
  ENTRY_TOO_LARGE: 413,
  PROXY_BODY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  UNSUPPORTED_ENCODING: 415,
  HEADERS_TOO_LARGE: 431,
  UPSTREAM_FAILED: 502,
  LEDGER_CLOSED: 503,
  LOG_WRITE_ERROR: 503,
  LOG_QUEUE_FULL: 503,
  LOG_READ_ERROR: 503,
  WORKSPACE_NOT_WRITABLE: 503,
  PATH_IS_SYMLINK: 503,
  UPSTREAM_TIMEOUT: 504,
}

/** The HTTP status of a code. */
export function statusOf(code: ErrorCode): number {
  const byName = code.startsWith('INVALID_') ? 400 : /(?:^|_)NOT_FOUND$/.test(code) ? 404 : 500
  return STATUS[code] ?? byName
}

const FRAMEWORK: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['BODY_TOO_LARGE', 'the body is larger than 16 MiB'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['UNSUPPORTED_MEDIA_TYPE', 'the body is not application/json'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['BAD_REQUEST', 'the body is not as long as its Content-Length says'],
  FST_ERR_BAD_URL: ['BAD_REQUEST', 'the path is not well-formed'],
  FST_ERR_MAX_PARAM_LENGTH: ['NOT_FOUND', 'a part of the path is too long for any id'],
}

/** Status, headers and body for whatever was thrown. */
export function errorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof ValidationError) return validationAnswer(error)
  if (error instanceof LedgerlineError) {
    // The message of a disk error names files of this machine; the system log has it.
    return answer(
      error.code,
      statusOf(error.code) >= 500 ? 'the server could not do this now' : error.message,
    )
  }
  const known = FRAMEWORK[textOf(error, 'code')]
  if (known !== undefined) return answer(known[0], known[1])
  const status = Number(textOf(error, 'statusCode'))
  if (status >= 400 && status < 500) return answer('BAD_REQUEST', 'the request could not be read')
  return answer('INTERNAL_ERROR', 'something went wrong inside the server')
}

/** The library names its options in camelCase; the caller of HTTP must write them in snake_case. */
function validationAnswer(error: ValidationError): ErrorAnswer {
  const { code, problems } = error
  const isWritten = error instanceof WrittenFieldsError
  const shown = problems.map(({ code, field, message }) => ({
    code,
    field: isWritten ? field : toSnakeName(field),
    // Messages of other codes may repeat what was sent, which stays as it is.
    message:
      code === 'INVALID_DATE'
        ? message.replace(/\b(?:from|to)Date\b/g, (name) => toSnakeName(name))
        : message,
  }))
  return answer(code, shown.map(({ field, message }) => `${field}: ${message}`).join('; '), shown)
}

/** The answer with one code. */
export function answer(code: ErrorCode, message: string, problems?: readonly Problem[]): ErrorAnswer {
  const status = statusOf(code)
  const details = { hint: ERROR_HINTS[code], ...(problems === undefined ? {} : { problems }) }
  return {
    status,
    headers: status === 503 ? { 'retry-after': RETRY_AFTER_SECONDS } : {},
    body: { error: code, message, details },
  }
}

function textOf(error: unknown, field: 'code' | 'statusCode'): string {
  return error instanceof Error ? String(Reflect.get(error, field) ?? '') : ''
}
