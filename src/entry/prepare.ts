/**
 * The caller's entry to its line: each field is read, checked, completed and written once, or, where one throws when it
 * is read, all of them once more. What the caller does with its object afterwards changes nothing.
 */
import { LedgerlineError, type Problem } from '../errors.js'
import { type LLMRequestLogEntry, SCHEMA_VERSION, type Status } from './entry.js'
import { isId, ownText, uuidV7 } from './ids.js'
import { boundedLine, jsonField, quoted } from './json-text.js'
import { checkObject, copyFields, type Fields, isPlain, throwProblems } from './own-fields.js'
import { PreparedEntry } from './prepared-entry.js'
import { choice, instead, readCost, readIds, readRest } from './read-fields.js'
import { readTimings } from './read-timings.js'
import { readUsage } from './read-usage.js'
import { serviceTierOf } from './service-tier.js'
import { endOf, startOf } from './span.js'
import { formatInstant, parseInstant } from './timestamp.js'
import { FIELDS, isMilliseconds, isModel, isStatus, isText } from './validate.js'

/** Throws ValidationError with all problems, ENTRY_TOO_LARGE. `now` is epoch ms. */
export function prepareEntry(given: LLMRequestLogEntry, now: number, operation: string): PreparedEntry {
  const entry = checkObject(given, operation)
  try {
    if (isPlain(entry)) return prepare(entry, now, operation, [])
  } catch (error) {
    if (error instanceof LedgerlineError) throw error
    // A getter or a proxy threw: read once more, one by one, it is a problem of its field.
  }
  const problems: Problem[] = []
  return prepare(copyFields(entry, problems), now, operation, problems)
}

/** The line with its `\n`; `more` is the JSON of further fields, each with a comma before it. Throws ENTRY_TOO_LARGE. */
export function lineOf(entry: PreparedEntry, more: string, operation: string): string {
  return boundedLine(`${entry.text}${more}}\n`, operation)
}

function prepare(fields: Fields, now: number, operation: string, problems: Problem[]): PreparedEntry {
  const { id: ownId, project_id: project, chat_id: chat, model: name, status: named } = fields
  const { provider: by, response_model: answered, timestamp_start: from, timestamp_end: to } = fields
  const { request_type: type, messages_included: included, usage_source: counted } = fields
  const { output_format_hint: hint, latency_ms: alone, writer } = fields
  const isNew = ownId === undefined
  const id = isNew ? uuidV7(now) : isId(ownId) ? ownId : instead('', problems, 'id', ownId)
  const projectId = isId(project) ? project : instead('', problems, 'project_id', project)
  const chatId = isId(chat) ? chat : instead('', problems, 'chat_id', chat)
  const model = isModel(name) ? name : instead('', problems, 'model', name)
  const status = isStatus(named) ? named : instead('pending', problems, 'status', named)
  const provider = isText(by) ? by : instead(undefined, problems, 'provider', by)
  const responseModel = isText(answered) ? answered : instead(undefined, problems, 'response_model', answered)
  const start = parseInstant(from) ?? instead(undefined, problems, 'timestamp_start', from)
  const end = parseInstant(to) ?? instead(undefined, problems, 'timestamp_end', to)
  const latency = isMilliseconds(alone) ? alone : instead(undefined, problems, 'latency_ms', alone)
  const usage = readUsage(fields.usage, problems, operation)
  const timings = readTimings(fields.timings, latency, problems, operation)
  const cost = readCost(fields.cost, problems, operation)
  const kind =
    type === undefined && included === undefined
      ? PLAIN_KIND
      : kindText(choice('chat', problems, 'request_type', type), readIds(included, problems))
  const source = choice(usage === undefined ? 'none' : 'provider', problems, 'usage_source', counted)
  const format = choice('text', problems, 'output_format_hint', hint)
  const rest = readRest(fields, problems, operation)
  if (start !== undefined && end !== undefined && end < start) {
    problems.push({
      code: 'INVALID_TIMESTAMP_END',
      field: 'timestamp_end',
      message: 'is before timestamp_start',
    })
  }
  if (problems.length > 0) throwProblems(operation, inOrder(problems))

  const isPending = status === 'pending'
  const startMs = start ?? startOf(end, timings?.duration, now)
  const endMs = end ?? (isPending ? undefined : endOf(start, timings?.duration, now))
  const endText = endMs === undefined ? '' : `,"timestamp_end":"${formatInstant(endMs)}"`
  const byText = provider === undefined ? '' : `,"provider":${quoted(provider)}`
  const answeredText = responseModel === undefined ? '' : `,"response_model":${quoted(responseModel)}`
  // A pending line is signed by the process that will write the end.
  const writerText = isPending || writer === undefined ? '' : jsonField('writer', writer, operation)
  const prepared = new PreparedEntry()
  prepared.id = id
  prepared.isNew = isNew
  prepared.projectId = projectId
  prepared.chatId = chatId
  prepared.model = model
  prepared.provider = provider
  prepared.responseModel = responseModel
  prepared.status = status
  prepared.startMs = startMs
  if (endMs !== undefined) prepared.endMs = endMs
  if (usage !== undefined) {
    prepared.prompt = usage.prompt
    prepared.completion = usage.completion
    prepared.cacheRead = usage.cacheRead
    prepared.cacheWrite = usage.cacheWrite
    prepared.cacheWrite1h = usage.cacheWrite1h
    prepared.inputAudio = usage.inputAudio
    prepared.outputAudio = usage.outputAudio
    prepared.reasoning = usage.reasoning
  }
  prepared.latency = timings?.latency
  prepared.cost = cost?.amount ?? undefined
  prepared.needsPrice = !isPending && usage !== undefined && cost === undefined
  if (prepared.needsPrice) prepared.serviceTier = serviceTierOf(fields.params)
  prepared.text = `{"id":"${id}","timestamp_start":"${formatInstant(startMs)}"${endText},"status":"${placeOf(status, projectId)}${chatId}","model":${quoted(model)}${kind}${usage?.text ?? ''},"usage_source":"${source}"${timings?.text ?? ''},"output_format_hint":"${format}"${byText}${answeredText}${cost?.text ?? ''}${rest}${writerText},"schema_version":${SCHEMA_VERSION}`
  return prepared
}

function kindText(requestType: string, ids: string): string {
  return `,"request_type":"${requestType}","messages_included":${ids}`
}

const PLAIN_KIND = kindText('chat', '[]')

/** The text from the status to the id of the chat; most entries have that of the one before. */
function placeOf(status: Status, projectId: string): string {
  if (status !== lastStatus || projectId !== lastProject) {
    lastPlace = ownText(`${status}","project_id":"${projectId}","chat_id":"`)
    lastStatus = status
    lastProject = ownText(projectId)
  }
  return lastPlace
}

let lastStatus = ''
let lastProject = ''
let lastPlace = ''

/** As the fields are listed, whatever order the caller wrote them in. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const names = [...FIELDS.keys()]
  const place = ({ field }: Problem): number => names.indexOf(field.split('.')[0] ?? '')
  return problems.toSorted((a, b) => place(a) - place(b))
}
