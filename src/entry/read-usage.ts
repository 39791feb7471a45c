/** The token counts of an entry, checked, completed and written. */
import type { Problem } from '../errors.js'
import { jsonField } from './json-text.js'
import { type Fields, isObject, namedGroup, readingProblem } from './own-fields.js'
import { instead } from './read-fields.js'
import { integer } from './validate.js'

/** Tokens; a count that was not given is 0. `text` is the JSON of the field, with a comma before it. */
export class PreparedUsage {
  prompt = 0
  completion = 0
  cacheRead = 0
  cacheWrite = 0
  cacheWrite1h = 0
  inputAudio = 0
  outputAudio = 0
  reasoning = 0
  text = ''
}

/**
 * total = prompt + completion, always. A total that differs is kept as `reported_total_tokens`; a total alone counts
 * as prompt tokens and is marked `total_only`. What is wrong is added to `problems`.
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
  'output_audio_tokens',
  'reasoning_tokens',
]

function readCounts(usage: Fields, problems: Problem[], operation: string): PreparedUsage {
  const counted = new PreparedUsage()
  let prompt: number | undefined
  let completion: number | undefined
  let total: number | undefined
  let reported: number | undefined
  let isMarked = false
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
        counted.cacheRead = countOf(name, value, problems)
        rest += `,"cache_read_tokens":${counted.cacheRead}`
        break
      case 'cache_write_tokens':
        counted.cacheWrite = countOf(name, value, problems)
        rest += `,"cache_write_tokens":${counted.cacheWrite}`
        break
      case 'cache_write_1h_tokens':
        counted.cacheWrite1h = countOf(name, value, problems)
        rest += `,"cache_write_1h_tokens":${counted.cacheWrite1h}`
        break
      case 'input_audio_tokens':
        counted.inputAudio = countOf(name, value, problems)
        rest += `,"input_audio_tokens":${counted.inputAudio}`
        break
      case 'output_audio_tokens':
        counted.outputAudio = countOf(name, value, problems)
        rest += `,"output_audio_tokens":${counted.outputAudio}`
        break
      case 'reasoning_tokens':
        counted.reasoning = countOf(name, value, problems)
        rest += `,"reasoning_tokens":${counted.reasoning}`
        break
      default:
        isMarked ||= name === 'total_only'
        rest += jsonField(name, value, operation)
    }
  }
  if (total !== undefined && prompt === undefined && completion === undefined) {
    prompt = total
    if (!isMarked) rest = `,"total_only":true${rest}`
  }
  prompt ??= 0
  completion ??= 0
  const sum = prompt + completion
  if (!Number.isSafeInteger(sum)) {
    problems.push({
      code: 'INVALID_USAGE',
      field: 'usage',
      message: 'prompt + completion is no safe integer',
    })
  }
  if (total !== undefined && total !== sum) reported ??= total
  if (reported !== undefined) rest = `,"reported_total_tokens":${reported}${rest}`
  counted.prompt = prompt
  counted.completion = completion
  counted.text = `,"usage":{"prompt_tokens":${prompt},"completion_tokens":${completion},"total_tokens":${sum}${rest}}`
  return counted
}

const tokens = integer(0, Number.MAX_SAFE_INTEGER)

/** 0 with a problem for what is no count. */
function countOf(name: string, value: unknown, problems: Problem[]): number {
  if (typeof value === 'number' && value >= 0 && Number.isSafeInteger(value)) return value
  problems.push({ code: 'INVALID_USAGE', field: `usage.${name}`, message: tokens(value) ?? '' })
  return 0
}
