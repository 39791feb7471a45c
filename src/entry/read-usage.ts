/** The token counts of an entry, checked, completed and written. */
import type { Problem } from '../errors.js'
import { jsonField } from './json-text.js'
import { namedGroup } from './own-fields.js'
import { integer } from './validate.js'

/** Tokens; a count that was not given is 0. `text` is the JSON of the whole usage. */
export class PreparedUsage {
  readonly prompt: number
  readonly completion: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly text: string

  constructor(prompt: number, completion: number, cacheRead: number, cacheWrite: number, text: string) {
    this.prompt = prompt
    this.completion = completion
    this.cacheRead = cacheRead
    this.cacheWrite = cacheWrite
    this.text = text
  }
}

const TOKEN_FIELDS = [
  'prompt_tokens',
  'completion_tokens',
  'total_tokens',
  'reported_total_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
]

const tokens = integer(0, Number.MAX_SAFE_INTEGER)

/**
 * total = prompt + completion, always. A total that differs is kept as `reported_total_tokens`; a total alone counts
 * as prompt tokens and is marked `total_only`. What is wrong is added to `problems`.
 */
export function readUsage(
  given: Record<string, unknown>,
  problems: Problem[],
  operation: string,
): PreparedUsage {
  const usage = namedGroup(given, TOKEN_FIELDS)
  let prompt: number | undefined
  let completion: number | undefined
  let total: number | undefined
  let cacheRead = 0
  let cacheWrite = 0
  let reported: number | undefined
  let isMarked = false
  let rest = ''
  for (const name in usage) {
    if (!Object.hasOwn(usage, name)) continue
    const value = usage[name]
    if (value === undefined) continue
    if (!TOKEN_FIELDS.includes(name)) {
      isMarked ||= name === 'total_only'
      rest += jsonField(name, value, operation)
      continue
    }
    const count = countOf(name, value, problems)
    if (name === 'prompt_tokens') prompt = count
    else if (name === 'completion_tokens') completion = count
    else if (name === 'total_tokens') total = count
    else if (name === 'reported_total_tokens') reported = count
    else {
      if (name === 'cache_read_tokens') cacheRead = count
      else if (name === 'cache_write_tokens') cacheWrite = count
      rest += `,"${name}":${count}`
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
  const text = `{"prompt_tokens":${prompt},"completion_tokens":${completion},"total_tokens":${sum}${rest}}`
  return new PreparedUsage(prompt, completion, cacheRead, cacheWrite, text)
}

/** 0 with a problem for what is no count. */
function countOf(name: string, value: unknown, problems: Problem[]): number {
  const message = tokens(value)
  if (message === undefined && typeof value === 'number') return value
  problems.push({ code: 'INVALID_USAGE', field: `usage.${name}`, message: message ?? '' })
  return 0
}
