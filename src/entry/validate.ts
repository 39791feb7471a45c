/** What each field of an entry must be: one code a field. */
import { type ErrorCode, shownText } from '../errors.js'
import { COST_SOURCES, OUTPUT_FORMATS, REQUEST_TYPES, STATUSES, type Status, USAGE_SOURCES } from './entry.js'
import { isId } from './ids.js'
import { isObject } from './own-fields.js'
import { parseInstant } from './timestamp.js'

/** Says what is wrong with a value, or undefined when nothing is. */
export type Check = (value: unknown) => string | undefined

const MAX_TEXT = 256
/** Far above any request, far below where sums of 1e-12 USD lose digits. */
export const MAX_USD = 1e9
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/

const id: Check = (value) => (isId(value) ? undefined : `is not an id: ${show(value)}`)

const text: Check = (value) =>
  isText(value) ? undefined : `is not a string of at most ${MAX_TEXT} characters`

const model: Check = (value) => (isModel(value) ? undefined : `is not a model name: ${show(value)}`)

const instant: Check = (value) =>
  parseInstant(value) === undefined ? `is not an ISO 8601 instant with a zone: ${show(value)}` : undefined

const ids: Check = (value) =>
  Array.isArray(value) && value.every(isId) ? undefined : 'is not an array of message ids'

const strings: Check = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')
    ? undefined
    : 'is not an array of strings'

function oneOf(values: readonly string[]): Check {
  return (value) =>
    typeof value === 'string' && values.includes(value)
      ? undefined
      : `is none of ${values.join(', ')}: ${show(value)}`
}

export function integer(min: number, max: number): Check {
  return (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max
      ? undefined
      : `is no integer from ${min} to ${max}: ${show(value)}`
}

export const milliseconds: Check = (value) =>
  isMilliseconds(value) ? undefined : `is no finite non-negative number of ms: ${show(value)}`

const entryError: Check = (value) =>
  value === null || (isObject(value) && typeof value.code === 'string' && typeof value.message === 'string')
    ? undefined
    : 'is neither null nor {code, message} with two strings'

const cost: Check = (value) => {
  if (!isObject(value)) return 'is not {amount, source}'
  const { amount } = value
  if (amount !== null && !(typeof amount === 'number' && amount >= 0 && amount <= MAX_USD)) {
    return `amount is no number of USD from 0 to ${MAX_USD}: ${show(amount)}`
  }
  return oneOf(COST_SOURCES)(value.source)
}

const statuses = new Set<unknown>(STATUSES)

export function isStatus(value: unknown): value is Status {
  return statuses.has(value)
}

export function isModel(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT && !CONTROL.test(value)
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_TEXT
}

export function isMilliseconds(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY
}

/** How a field of the caller is checked; the fields that are not here are kept as they came. */
export interface Field {
  readonly code: ErrorCode
  readonly check: Check
}

const GROUP: Check = (value) => (isObject(value) ? undefined : 'is not an object')

export const FIELDS = new Map<string, Field>(
  (
    [
      ['project_id', 'INVALID_PROJECT_ID', id],
      ['chat_id', 'INVALID_CHAT_ID', id],
      ['model', 'INVALID_MODEL', model],
      ['id', 'INVALID_ID', id],
      ['status', 'INVALID_STATUS', oneOf(STATUSES)],
      ['timestamp_start', 'INVALID_TIMESTAMP_START', instant],
      ['timestamp_end', 'INVALID_TIMESTAMP_END', instant],
      ['request_type', 'INVALID_REQUEST_TYPE', oneOf(REQUEST_TYPES)],
      ['messages_included', 'INVALID_MESSAGES_INCLUDED', ids],
      ['usage', 'INVALID_USAGE', GROUP],
      ['timings', 'INVALID_TIMINGS', GROUP],
      ['latency_ms', 'INVALID_TIMINGS', milliseconds],
      ['output_format_hint', 'INVALID_OUTPUT_FORMAT_HINT', oneOf(OUTPUT_FORMATS)],
      ['touched_files', 'INVALID_TOUCHED_FILES', strings],
      ['touched_entities', 'INVALID_TOUCHED_ENTITIES', strings],
      ['http_status', 'INVALID_HTTP_STATUS', integer(100, 599)],
      ['error', 'INVALID_ERROR', entryError],
      ['provider', 'INVALID_TEXT_FIELD', text],
      ['user_id', 'INVALID_TEXT_FIELD', text],
      ['session_id', 'INVALID_TEXT_FIELD', text],
      ['environment', 'INVALID_TEXT_FIELD', text],
      ['finish_reason', 'INVALID_TEXT_FIELD', text],
      ['response_model', 'INVALID_TEXT_FIELD', text],
      ['tags', 'INVALID_TAGS', strings],
      ['parent_id', 'INVALID_ID', id],
      ['attempt', 'INVALID_ATTEMPT', integer(1, Number.MAX_SAFE_INTEGER)],
      ['cost', 'INVALID_COST', cost],
      ['usage_source', 'INVALID_USAGE_SOURCE', oneOf(USAGE_SOURCES)],
    ] as const
  ).map(([name, code, check]): [string, Field] => [name, { code, check }]),
)

/** The fields that an entry must have. */
export const REQUIRED = new Set(['project_id', 'chat_id', 'model'])

/** The fields that prepareEntry completes; each other one is written as it came. */
export const COMPLETED = new Set([
  'id',
  'timestamp_start',
  'timestamp_end',
  'status',
  'project_id',
  'chat_id',
  'model',
  'request_type',
  'messages_included',
  'usage',
  'usage_source',
  'timings',
  'latency_ms',
  'output_format_hint',
  'provider',
  'response_model',
  'cost',
  'writer',
  'schema_version',
])

/** The value for a message: short, on one line, without control characters. */
function show(value: unknown): string {
  // What has a toString of its own may throw.
  if (typeof value === 'object' || typeof value === 'function') return typeof value
  if (typeof value !== 'string') return String(value)
  const shown = shownText(value)
  return JSON.stringify(shown.length > 40 ? `${shown.slice(0, 40)}…` : shown)
}
