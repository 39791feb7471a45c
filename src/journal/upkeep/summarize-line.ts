/** What retention keeps of a line: all that is counted, nothing that was said. */
import { parseEntry } from '../parse-entry.js'

const KEPT = [
  'id',
  'timestamp_start',
  'timestamp_end',
  'status',
  'project_id',
  'chat_id',
  'model',
  'request_type',
  'provider',
  'user_id',
  'session_id',
  'environment',
  'tags',
  'parent_id',
  'attempt',
  'finish_reason',
  'response_model',
  'usage',
  'usage_source',
  'timings',
  'cost',
  'params',
  'http_status',
  'error',
  'writer',
  'schema_version',
] as const

/** The slim line with its newline; undefined for a line that is no entry. A slim line gives itself. */
export function summarizeLine(text: string): string | undefined {
  const entry = parseEntry(text)
  if (entry === undefined) return undefined
  const slim = KEPT.flatMap((field) => {
    const value = keptOf(field, entry[field])
    return value === undefined ? [] : [[field, value]]
  })
  const json = JSON.stringify(Object.fromEntries([...slim, ['summarized', true]]))
  return `${json.replace(UNICODE_LINE_END, escapeCharacter)}\n`
}

/** Other programs may have written any type. */
function keptOf(field: (typeof KEPT)[number], value: unknown): unknown {
  switch (field) {
    case 'usage':
      return pick(value, (each, name) => typeof each === 'number' || (name === 'total_only' && each === true))
    case 'timings':
      return pick(value, (each) => typeof each === 'number')
    case 'cost':
      return pick(value, (each, name) => ['amount', 'source', 'book_date'].includes(name) && isScalar(each))
    case 'params': {
      // It may have a price of its own, and whoever prices the request again must know.
      const tier = isObject(value) && 'service_tier' in value ? value.service_tier : undefined
      return typeof tier === 'string' ? { service_tier: tier } : undefined
    }
    case 'writer':
      return pick(value, (each, name) => ['host', 'pid', 'started'].includes(name) && isScalar(each))
    case 'error': {
      const error = pick(value, (each, name) => name === 'code' && isScalar(each))
      return isObject(error) ? { ...error, message: '' } : error
    }
    case 'tags':
      return Array.isArray(value) ? value.filter((tag) => typeof tag === 'string') : undefined
    default:
      return isScalar(value) ? value : undefined
  }
}

/** The fields of an object that are kept; null stays, anything else is nothing. */
function pick(value: unknown, isKept: (value: unknown, name: string) => boolean): object | null | undefined {
  if (value === null) return null
  if (!isObject(value)) return undefined
  return Object.fromEntries(Object.entries(value).filter(([name, each]) => isKept(each, name)))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}

/** Legal in JSON strings, but taken for line ends by readers that follow Unicode. */
const UNICODE_LINE_END = /[\u0085\u2028\u2029]/g

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
