/**
 * The caller's entry to its line in one walk: each field is checked, completed and written once. What the caller does
 * with its object afterwards changes nothing.
 */
import type { Problem } from '../errors.js'
import { type LLMRequestLogEntry, SCHEMA_VERSION, type Status } from './entry.js'
import { isId, uuidV7 } from './ids.js'
import { boundedLine, jsonField, MAX_LINE, quoted, tooLarge } from './json-text.js'
import { checkObject, isObject, plainGroup, readingProblem, throwProblems } from './own-fields.js'
import { PreparedTimings, readTimings } from './read-timings.js'
import { type PreparedUsage, readUsage } from './read-usage.js'
import { formatInstant, parseInstant } from './timestamp.js'
import { FIELDS, isStatus, REQUIRED } from './validate.js'

/**
 * A checked and completed entry: what pricing and counting read of it, and its text but for what is found later. Made by
 * a constructor, as its parts are: V8 puts literals into the old generation for good once it saw some of them wait.
 */
export class PreparedEntry {
  id = ''
  /** The id was made here. */
  isNew = false
  projectId = ''
  chatId = ''
  model = ''
  provider: string | undefined = undefined
  responseModel: string | undefined = undefined
  status: Status = 'pending'
  /** Epoch ms. */
  startMs = Number.NaN
  endMs: number | undefined = undefined
  usage: PreparedUsage | undefined = undefined
  /** Milliseconds. */
  latency: number | undefined = undefined
  /** What the caller says the request cost, USD; null when it says that nobody knows. */
  cost: number | null | undefined = undefined
  /** The JSON without its closing brace. */
  text = ''
}

/** Throws ValidationError with all problems, ENTRY_TOO_LARGE. `now` is epoch ms. */
export function prepareEntry(given: LLMRequestLogEntry, now: number, operation: string): PreparedEntry {
  const entry = checkObject(given, operation)
  const problems: Problem[] = []
  const prepared = new PreparedEntry()
  let id: string | undefined
  let start: number | undefined
  let timings: PreparedTimings | undefined
  let latency: number | undefined
  let requestType = 'chat'
  let outputFormat = 'text'
  let usageSource: string | undefined
  let messages = '[]'
  let writer = ''
  let rest = ''
  for (const name in entry) {
    try {
      const value = Object.hasOwn(entry, name) ? answersTheSame(name, entry[name]) : undefined
      if (value === undefined) continue
      const field = FIELDS.get(name)
      const problem = field?.check(value)
      if (field !== undefined && problem !== undefined) {
        problems.push({ code: field.code, field: name, message: problem })
        continue
      }
      switch (name) {
        case 'id':
          id = String(value)
          break
        case 'project_id':
          prepared.projectId = String(value)
          break
        case 'chat_id':
          prepared.chatId = String(value)
          break
        case 'model':
          prepared.model = String(value)
          break
        case 'status':
          if (isStatus(value)) prepared.status = value
          break
        case 'timestamp_start':
          start = parseInstant(value)
          break
        case 'timestamp_end':
          prepared.endMs = parseInstant(value)
          break
        case 'request_type':
          requestType = String(value)
          break
        case 'output_format_hint':
          outputFormat = String(value)
          break
        case 'usage_source':
          usageSource = String(value)
          break
        case 'usage':
          if (isObject(value)) prepared.usage = readUsage(value, problems, operation)
          break
        case 'timings':
          if (isObject(value)) timings = readTimings(value, problems, operation)
          break
        case 'latency_ms':
          latency = Number(value)
          break
        case 'messages_included':
          messages = idList(value)
          break
        case 'provider':
          prepared.provider = String(value)
          rest += `,"provider":${quoted(prepared.provider)}`
          break
        case 'response_model':
          prepared.responseModel = String(value)
          rest += `,"response_model":${quoted(prepared.responseModel)}`
          break
        case 'cost':
          prepared.cost = isObject(value) && typeof value.amount === 'number' ? value.amount : null
          rest += jsonField(name, value, operation)
          break
        case 'writer':
          writer = jsonField(name, value, operation)
          break
        case 'schema_version':
          break
        default:
          rest += jsonField(name, value, operation)
          if (rest.length > MAX_LINE) throw tooLarge(operation, 'its line would hold more characters')
      }
    } catch (error) {
      problems.push(readingProblem(name, error))
    }
  }
  if (latency !== undefined && timings?.latency === undefined) {
    timings = new PreparedTimings(latency, timings?.total, `,"latency_ms":${latency}${timings?.fields ?? ''}`)
  }
  for (const [field, code] of REQUIRED) {
    if (!isGiven(prepared, field) && !problems.some((problem) => problem.field === field))
      problems.push({ code, field, message: 'is missing' })
  }
  const { status, usage, endMs: givenEnd } = prepared
  if (start !== undefined && givenEnd !== undefined && givenEnd < start) {
    problems.push({
      code: 'INVALID_TIMESTAMP_END',
      field: 'timestamp_end',
      message: 'is before timestamp_start',
    })
  }
  if (problems.length > 0) throwProblems(operation, inOrder(problems))

  const duration = timings?.duration
  start ??= startBefore(givenEnd, duration, now)
  const end = givenEnd ?? (status === 'pending' ? undefined : endOf(start, duration, now))
  start ??= now
  prepared.isNew = id === undefined
  prepared.id = id ?? uuidV7(now)
  prepared.startMs = start
  prepared.endMs = end
  prepared.latency = timings?.latency
  const endText = end === undefined ? '' : `,"timestamp_end":"${formatInstant(end)}"`
  const usageText = usage === undefined ? '' : `,"usage":${usage.text}`
  const timingsText = timings === undefined ? '' : `,"timings":${timings.text}`
  usageSource ??= usage === undefined ? 'none' : 'provider'
  // A pending line is signed by the process that will write the end.
  const writerText = status === 'pending' ? '' : writer
  prepared.text = `{"id":"${prepared.id}","timestamp_start":"${formatInstant(start)}"${endText},"status":"${status}","project_id":"${prepared.projectId}","chat_id":"${prepared.chatId}","model":${quoted(prepared.model)},"request_type":"${requestType}","messages_included":${messages}${usageText},"usage_source":"${usageSource}"${timingsText},"output_format_hint":"${outputFormat}"${rest}${writerText},"schema_version":${SCHEMA_VERSION}`
  return prepared
}

function isGiven({ projectId, chatId, model }: PreparedEntry, field: string): boolean {
  return { project_id: projectId, chat_id: chatId, model }[field] !== ''
}

/** As the fields are listed, whatever order the caller wrote them in. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const names = [...FIELDS.keys()]
  const place = ({ field }: Problem): number => names.indexOf(field.split('.')[0] ?? '')
  return problems.toSorted((a, b) => place(a) - place(b))
}

/** The line with its `\n`; `more` is the JSON of further fields, each with a comma before it. Throws ENTRY_TOO_LARGE. */
export function lineOf(entry: PreparedEntry, more: string, operation: string): string {
  return boundedLine(`${entry.text}${more}}`, operation)
}

/** Groups that are checked and written as they are, with what may be a getter of a class. */
const GROUPS = new Map([
  ['cost', ['amount', 'source', 'book_date']],
  ['error', ['code', 'message']],
])

/** A getter may answer differently when it is written than when it was checked. */
function answersTheSame(name: string, value: unknown): unknown {
  const fields = GROUPS.get(name)
  return fields === undefined ? value : plainGroup(value, fields)
}

/** Ids need no escape. Checked as they are written: a proxy may answer differently each time. */
function idList(list: unknown): string {
  if (!Array.isArray(list) || list.length === 0) return '[]'
  return `["${Array.from(list).filter(isId).join('","')}"]`
}

/** An end that lies in the past, given without its start: the start is before it by the duration. */
function startBefore(end: number | undefined, duration: number | undefined, now: number): number | undefined {
  if (end === undefined || end >= now) return undefined
  return Math.max(end - Math.round(duration ?? 0), FIRST_INSTANT)
}

/** A final entry that names its start and its duration ended then; any other ended now, or at a start to come. */
function endOf(start: number | undefined, duration: number | undefined, now: number): number {
  if (start === undefined) return now
  if (duration === undefined) return Math.max(start, now)
  return Math.min(start + Math.round(duration), LAST_INSTANT)
}

const FIRST_INSTANT = Date.parse('0000-01-01T00:00:00.000Z')
const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999)
