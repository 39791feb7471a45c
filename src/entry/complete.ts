/** The caller's entry to the entry that is written: checked, with everything filled in. Pure but for the clock. */
import { invalid, type Problem, ValidationError } from '../errors.js'
import {
  type LLMRequestLogEntry,
  type LoggedEntry,
  SCHEMA_VERSION,
  type Timings,
  type Usage,
} from './entry.js'
import { uuidV7 } from './ids.js'
import { formatInstant, parseInstant } from './timestamp.js'
import { type Fields, findProblems, isObject, TIMING_FIELDS, TOKEN_FIELDS } from './validate.js'

/**
 * A new, complete entry; the argument is not changed. Throws ValidationError with all problems.
 * `now` is epoch ms.
 */
export function completeEntry(entry: LLMRequestLogEntry, now: number, operation: string): LoggedEntry {
  const { latency_ms: latency, ...fields } = ownFields(entry, operation)
  const problems = findProblems(latency === undefined ? fields : { ...fields, latency_ms: latency })
  if (isNonEmpty(problems)) throw new ValidationError(operation, problems)

  // findProblems has checked every field that the type names.
  const {
    id,
    timestamp_start,
    timestamp_end,
    status = 'pending',
    ...rest
  } = fields as unknown as LLMRequestLogEntry
  const timings = completeTimings(rest.timings, latency)
  const givenEnd = parseInstant(timestamp_end)
  const start = parseInstant(timestamp_start) ?? startBefore(givenEnd, timings, now)
  const end = givenEnd ?? (status === 'pending' ? undefined : endOf(start, timings, now))
  const usage = rest.usage === undefined ? undefined : completeUsage(rest.usage)

  return {
    id: id ?? uuidV7(now),
    timestamp_start: formatInstant(start ?? now),
    ...(end === undefined ? {} : { timestamp_end: formatInstant(end) }),
    status,
    ...rest,
    request_type: rest.request_type ?? 'chat',
    messages_included: [...(rest.messages_included ?? [])],
    ...(usage === undefined ? {} : { usage }),
    ...(timings === undefined ? {} : { timings }),
    output_format_hint: rest.output_format_hint ?? 'text',
    usage_source: rest.usage_source ?? (usage === undefined ? 'none' : 'provider'),
    schema_version: SCHEMA_VERSION,
  }
}

/**
 * total = prompt + completion, always. A total that differs is kept as `reported_total_tokens`; a total alone counts
 * as prompt tokens and is marked `total_only`.
 */
function completeUsage(usage: Usage): Usage {
  const { prompt_tokens, completion_tokens, total_tokens, ...rest } = usage
  if (prompt_tokens === undefined && completion_tokens === undefined && total_tokens !== undefined) {
    return { prompt_tokens: total_tokens, completion_tokens: 0, total_tokens, total_only: true, ...rest }
  }
  const prompt = prompt_tokens ?? 0
  const completion = completion_tokens ?? 0
  const total = prompt + completion
  const differs = total_tokens !== undefined && total_tokens !== total
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: total,
    ...(differs ? { reported_total_tokens: total_tokens } : {}),
    ...rest,
  }
}

function completeTimings(timings: Timings | undefined, latency: unknown): Timings | undefined {
  if (typeof latency !== 'number') return timings
  return { latency_ms: latency, ...timings }
}

/** An end that lies in the past, given without its start: the start is before it by the duration. */
function startBefore(end: number | undefined, timings: Timings | undefined, now: number): number | undefined {
  if (end === undefined || end >= now) return undefined
  return Math.max(end - Math.round(timings?.total_duration_ms ?? timings?.latency_ms ?? 0), FIRST_INSTANT)
}

/** A final entry that names its start and its duration ended then; any other ended now, or at a start to come. */
function endOf(start: number | undefined, timings: Timings | undefined, now: number): number {
  const duration = timings?.total_duration_ms ?? timings?.latency_ms
  if (start === undefined) return now
  if (duration === undefined) return Math.max(start, now)
  return Math.min(start + Math.round(duration), LAST_INSTANT)
}

const FIRST_INSTANT = Date.parse('0000-01-01T00:00:00.000Z')
const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** The own fields, read once. A getter that throws is a problem of its field. */
export function ownFields(entry: unknown, operation: string): Fields {
  if (!isObject(entry)) throw invalid(operation, 'INVALID_ENTRY', 'entry', 'is not an object')
  const problems: Problem[] = []
  // Without a prototype, or `__proto__` in a caller's JSON would set it.
  const fields: Record<string, unknown> = Object.create(null)
  for (const key of Object.keys(entry)) {
    try {
      const value = entry[key]
      if (value !== undefined)
        fields[key] = isObject(value) ? definedFields(value, READ_TWICE.get(key)) : value
    } catch (error) {
      const message = `reading it threw: ${error instanceof Error ? error.message : 'no Error'}`
      problems.push({ code: 'INVALID_ENTRY', field: key, message })
    }
  }
  if (isNonEmpty(problems)) throw new ValidationError(operation, problems)
  return fields
}

/** Fields that are read more than once, with the names inside that the checks read: a getter's too, an Error's too. */
const READ_TWICE = new Map([
  ['usage', TOKEN_FIELDS],
  ['timings', TIMING_FIELDS],
  ['error', ['code', 'message']],
  ['cost', ['amount', 'source', 'book_date']],
])

/** A plain copy that answers the same each time. What is there and undefined must not replace what is given. */
function definedFields(value: Record<string, unknown>, names: readonly string[] | undefined): object {
  if (names === undefined) return value
  const named = names.map((name): [string, unknown] => [name, value[name]])
  return Object.fromEntries([...named, ...Object.entries(value)].filter(([, item]) => item !== undefined))
}

function isNonEmpty(problems: Problem[]): problems is [Problem, ...Problem[]] {
  return problems.length > 0
}
