/** What OpenAI and its imitators report as usage, in our terms. Impossible numbers are repaired and marked. */
import type { Usage } from '../entry/entry.js'

/**
 * Takes the usage object of chat completions (`prompt_tokens`, …) or of responses (`input_tokens`, …). Undefined
 * when there is none or it holds no count. The result keeps the object as `provider_usage`; `repaired` names the
 * fields whose number could not be true. Never throws.
 */
export function normaliseOpenAIUsage(reported: unknown): Usage | undefined {
  if (!isFields(reported)) return undefined
  const repaired = new Set<string>()
  const read = (source: Fields, names: readonly string[], as: string): number | undefined => {
    for (const name of names) {
      const value = source[name]
      if (value === undefined || value === null) continue
      const count = toCount(value)
      if (count !== value) repaired.add(as)
      return count
    }
    return undefined
  }

  const prompt = read(reported, ['prompt_tokens', 'input_tokens'], 'prompt_tokens')
  const completion = read(reported, ['completion_tokens', 'output_tokens'], 'completion_tokens')
  const total = read(reported, ['total_tokens'], 'total_tokens')
  if (prompt === undefined && completion === undefined && total === undefined) return undefined

  const input = details(reported, 'prompt_tokens_details', 'input_tokens_details')
  const output = details(reported, 'completion_tokens_details', 'output_tokens_details')
  const cacheRead =
    read(input, ['cached_tokens'], 'cache_read_tokens') ??
    read(reported, ['prompt_cache_hit_tokens'], 'cache_read_tokens')
  const cacheWrite = read(input, ['cache_write_tokens'], 'cache_write_tokens')
  const reasoning = read(output, ['reasoning_tokens'], 'reasoning_tokens')

  const usage: Usage = { ...sums(prompt, completion, total, reasoning, repaired) }
  const promptLimit = usage.prompt_tokens ?? total ?? 0
  const completionLimit = usage.completion_tokens ?? 0
  if (cacheRead !== undefined)
    usage.cache_read_tokens = atMost(cacheRead, promptLimit, 'cache_read_tokens', repaired)
  if (cacheWrite !== undefined) {
    const limit = promptLimit - (usage.cache_read_tokens ?? 0)
    usage.cache_write_tokens = atMost(cacheWrite, limit, 'cache_write_tokens', repaired)
  }
  if (reasoning !== undefined) {
    usage.reasoning_tokens = atMost(reasoning, completionLimit, 'reasoning_tokens', repaired)
  }
  if (repaired.size > 0) usage.repaired = [...repaired]
  usage.provider_usage = reported
  return usage
}

/** The USD amount that OpenRouter puts into the usage; undefined elsewhere. */
export function reportedCost(reported: unknown): number | undefined {
  const cost = isFields(reported) ? reported.cost : undefined
  return typeof cost === 'number' && Number.isFinite(cost) && cost >= 0 ? cost : undefined
}

type Fields = Readonly<Record<string, unknown>>

function sums(
  prompt: number | undefined,
  completion: number | undefined,
  total: number | undefined,
  reasoning: number | undefined,
  repaired: Set<string>,
): Usage {
  // A total alone is left as it is: the entry counts it as prompt tokens and says so.
  if (prompt === undefined && completion === undefined)
    return total === undefined ? {} : { total_tokens: total }
  const input = prompt ?? 0
  let output = completion ?? 0
  // Some providers leave reasoning out of the completion and only the total tells.
  if (reasoning !== undefined && reasoning > 0 && total === input + output + reasoning) {
    output += reasoning
    repaired.add('completion_tokens')
  }
  if (!Number.isSafeInteger(input + output)) {
    repaired.add('prompt_tokens').add('completion_tokens')
    return { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
  }
  return { prompt_tokens: input, completion_tokens: output, total_tokens: total ?? input + output }
}

function details(reported: Fields, ...names: readonly string[]): Fields {
  for (const name of names) {
    const value = reported[name]
    if (isFields(value)) return value
  }
  return {}
}

/** A non-negative safe integer: text is read, fractions are rounded up, anything else is 0. */
function toCount(value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0) return 0
  const count = Math.ceil(number)
  return Number.isSafeInteger(count) ? count + 0 : 0
}

function atMost(count: number, limit: number, field: string, repaired: Set<string>): number {
  if (count <= limit) return count
  repaired.add(field)
  return limit
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
