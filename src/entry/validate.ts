/** What is wrong with an entry: all problems at once, one code a field. */
import type { ErrorCode, Problem } from '../errors.js'
import { COST_SOURCES, OUTPUT_FORMATS, REQUEST_TYPES, STATUSES, USAGE_SOURCES } from './entry.js'
import { isId } from './ids.js'
import { parseInstant } from './timestamp.js'

export type Fields = Readonly<Record<string, unknown>>

/** Says what is wrong with a value, or undefined when nothing is. */
type Check = (value: unknown) => string | undefined

const MAX_TEXT = 256
/** Far above any request, far below where sums of 1e-12 USD lose digits. */
const MAX_USD = 1e9
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/

const id: Check = (value) => (isId(value) ? undefined : `is not an id: ${show(value)}`)

const text: Check = (value) =>
  typeof value === 'string' && value.length <= MAX_TEXT
    ? undefined
    : `is not a string of at most ${MAX_TEXT} characters`

const model: Check = (value) =>
  typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT && !CONTROL.test(value)
    ? undefined
    : `is not a model name: ${show(value)}`

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

function integer(min: number, max: number): Check {
  return (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max
      ? undefined
      : `is no integer from ${min} to ${max}: ${show(value)}`
}

const milliseconds: Check = (value) =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0
    ? undefined
    : `is no finite non-negative number of ms: ${show(value)}`

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

const REQUIRED: readonly (readonly [string, ErrorCode, Check])[] = [
  ['project_id', 'INVALID_PROJECT_ID', id],
  ['chat_id', 'INVALID_CHAT_ID', id],
  ['model', 'INVALID_MODEL', model],
]

const OPTIONAL: readonly (readonly [string, ErrorCode, Check])[] = [
  ['id', 'INVALID_ID', id],
  ['status', 'INVALID_STATUS', oneOf(STATUSES)],
  ['timestamp_start', 'INVALID_TIMESTAMP_START', instant],
  ['timestamp_end', 'INVALID_TIMESTAMP_END', instant],
  ['request_type', 'INVALID_REQUEST_TYPE', oneOf(REQUEST_TYPES)],
  ['messages_included', 'INVALID_MESSAGES_INCLUDED', ids],
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
]

export const TOKEN_FIELDS = [
  'prompt_tokens',
  'completion_tokens',
  'total_tokens',
  'reported_total_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
]
export const TIMING_FIELDS = ['latency_ms', 'total_duration_ms', 'time_to_first_token_ms']

const tokens = integer(0, Number.MAX_SAFE_INTEGER)

/** Every problem of the entry, none when it may be logged. `undefined` counts as absent, null does not. */
export function findProblems(entry: Fields): Problem[] {
  const problems: Problem[] = []
  const apply = (code: ErrorCode, field: string, check: Check, value: unknown): void => {
    const message = check(value)
    if (message !== undefined) problems.push({ code, field, message })
  }
  for (const [field, code, check] of REQUIRED) apply(code, field, check, entry[field])
  for (const [field, code, check] of OPTIONAL) {
    if (entry[field] !== undefined) apply(code, field, check, entry[field])
  }
  for (const [group, code, fields, check] of [
    ['usage', 'INVALID_USAGE', TOKEN_FIELDS, tokens],
    ['timings', 'INVALID_TIMINGS', TIMING_FIELDS, milliseconds],
  ] as const) {
    const value = entry[group]
    if (value === undefined) continue
    if (!isObject(value)) {
      problems.push({ code, field: group, message: 'is not an object' })
      continue
    }
    for (const field of fields) {
      if (value[field] !== undefined) apply(code, `${group}.${field}`, check, value[field])
    }
  }
  problems.push(...findImpossible(entry))
  return problems
}

/** What is wrong between fields that are each right. */
function findImpossible(entry: Fields): Problem[] {
  const problems: Problem[] = []
  const start = parseInstant(entry.timestamp_start)
  const end = parseInstant(entry.timestamp_end)
  if (start !== undefined && end !== undefined && end < start) {
    problems.push({
      code: 'INVALID_TIMESTAMP_END',
      field: 'timestamp_end',
      message: 'is before timestamp_start',
    })
  }
  if (isObject(entry.usage)) {
    const { prompt_tokens: prompt = 0, completion_tokens: completion = 0 } = entry.usage
    if (
      tokens(prompt) === undefined &&
      tokens(completion) === undefined &&
      !Number.isSafeInteger(Number(prompt) + Number(completion))
    ) {
      problems.push({
        code: 'INVALID_USAGE',
        field: 'usage',
        message: 'prompt + completion is no safe integer',
      })
    }
  }
  return problems
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value for a message: short, on one line, without control characters. */
function show(value: unknown): string {
  if (typeof value !== 'string') return typeof value === 'object' ? typeof value : String(value)
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
}
