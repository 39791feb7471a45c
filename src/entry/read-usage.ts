/** The token counts of an entry, checked, completed and written. */
import { type Problem, shownText } from '../errors.js'
import { GivenParts, type PartName } from './given-parts.js'
import { jsonField } from './json-text.js'
import { type Fields, isObject, namedGroup, readingProblem } from './own-fields.js'
import { instead } from './read-fields.js'
import { TokenCounts } from './token-counts.js'
import { integer } from './validate.js'

/** `text` is the JSON of the field, with a comma before it. */
export class PreparedUsage extends TokenCounts {
  text = ''
}

/**
 * total = prompt + completion, always. A total that differs is kept as `reported_total_tokens`; a total alone counts
 * as prompt tokens and is marked `total_only`. A whole that is not given is the sum of its parts; a part that is more
 * than is left of its whole is cut (`fitParts`) and named in `repaired`. What is wrong is added to `problems`.
 */
export function readUsage(value: unknown, problems: Problem[], operation: string): PreparedUsage | undefined {
  try {
    if (!isObject(value)) return instead(undefined, problems, 'usage', value)
    return readCounts(namedGroup(value, TOKEN_FIELDS), problems, operation)
  } catch (error) {
    problems.push(readingProblem('usage', error))
    return undefined
  }
}

const TOKEN_FIELDS = [
  'prompt_tokens',
  'completion_tokens',
  'total_tokens',
  'reported_total_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'cache_write_1h_tokens',
  'input_audio_tokens',
  'reasoning_tokens',
  'output_audio_tokens',
]

function readCounts(usage: Fields, problems: Problem[], operation: string): PreparedUsage {
  let prompt: number | undefined
  let completion: number | undefined
  let total: number | undefined
  let reported: number | undefined
  let parts: GivenParts | undefined
  let repaired: unknown
  let isMarked = false
  let details: Fields | undefined
  let unknown: string | undefined
  let rest = ''
  for (const name in usage) {
    const value = usage[name]
    if (value === undefined) continue
    switch (name) {
      case 'prompt_tokens':
        prompt = countOf(name, value, problems)
        break
      case 'completion_tokens':
        completion = countOf(name, value, problems)
        break
      case 'total_tokens':
        total = countOf(name, value, problems)
        break
      case 'reported_total_tokens':
        reported = countOf(name, value, problems)
        break
      case 'cache_read_tokens':
      case 'cache_write_tokens':
      case 'cache_write_1h_tokens':
      case 'input_audio_tokens':
      case 'reasoning_tokens':
      case 'output_audio_tokens':
        parts ??= new GivenParts()
        parts[name] = countOf(name, value, problems)
        break
      case 'repaired':
        repaired = value
        break
      default:
        isMarked ||= name === 'total_only'
        if (Object.hasOwn(DETAILS, name)) details = { ...details, [name]: value }
        else if (typeof value === 'number' && TOKENS.test(name)) unknown ??= name
        rest += jsonField(name, value, operation)
    }
  }
  if (details !== undefined) parts = withDetails(parts, details)
  if (unknown !== undefined && (prompt ?? completion ?? total ?? reported ?? parts) === undefined) {
    problems.push({ code: 'INVALID_USAGE', field: `usage.${shownText(unknown, 100)}`, message: NOT_OURS })
  }
  const counts = new PreparedUsage()
  if (total !== undefined && prompt === undefined && completion === undefined) {
    prompt = total
    completion = 0
    if (!isMarked) rest = `,"total_only":true${rest}`
  }
  counts.prompt = prompt ?? parts?.input() ?? 0
  counts.completion = completion ?? parts?.output() ?? 0
  const sum = counts.prompt + counts.completion
  if (!Number.isSafeInteger(sum)) {
    problems.push({
      code: 'INVALID_USAGE',
      field: 'usage',
      message: 'prompt + completion is no safe integer',
    })
  }
  if (parts !== undefined) {
    const cut = parts.fitInto(counts)
    if (cut.length > 0) repaired = [...new Set([...namesOf(repaired), ...cut])]
    rest = parts.text(counts) + rest
  }
  if (repaired !== undefined) rest += jsonField('repaired', repaired, operation)
  if (total !== undefined && total !== sum) reported ??= total
  if (reported !== undefined) rest = `,"reported_total_tokens":${reported}${rest}`
  counts.text = `,"usage":{"prompt_tokens":${counts.prompt},"completion_tokens":${counts.completion},"total_tokens":${sum}${rest}}`
  return counts
}

/** Counts under names that are not ours alone would be a request of no tokens, which costs nothing. */
const NOT_OURS =
  'is not known, and no count beside it is; name prompt_tokens and completion_tokens, or use normaliseUsage, which reads what a provider reports'
const TOKENS = /tokens$/i

/** Where OpenAI puts the parts, in an object that names the wholes as we do. */
const DETAILS: Readonly<Record<string, Readonly<Record<string, PartName>>>> = {
  prompt_tokens_details: { cached_tokens: 'cache_read_tokens', audio_tokens: 'input_audio_tokens' },
  completion_tokens_details: { reasoning_tokens: 'reasoning_tokens', audio_tokens: 'output_audio_tokens' },
}

/** The parts with those that only the details name; what is no count there says nothing. */
function withDetails(given: GivenParts | undefined, details: Fields): GivenParts | undefined {
  let parts = given
  for (const [group, names] of Object.entries(DETAILS)) {
    const counts = details[group]
    if (!isObject(counts)) continue
    for (const [theirs, ours] of Object.entries(names)) {
      const value = counts[theirs]
      if (typeof value !== 'number' || tokens(value) !== undefined) continue
      parts ??= new GivenParts()
      parts[ours] ??= value
    }
  }
  return parts
}

/** What a caller repaired itself. */
function namesOf(repaired: unknown): string[] {
  return Array.isArray(repaired) ? repaired.filter((name) => typeof name === 'string') : []
}

const tokens = integer(0, Number.MAX_SAFE_INTEGER)

/** 0 with a problem for what is no count. */
function countOf(name: string, value: unknown, problems: Problem[]): number {
  if (typeof value === 'number' && value >= 0 && Number.isSafeInteger(value)) return value
  problems.push({ code: 'INVALID_USAGE', field: `usage.${name}`, message: tokens(value) ?? '' })
  return 0
}
