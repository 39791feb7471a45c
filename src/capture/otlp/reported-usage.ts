/** Token counts of a span to a usage: read as the conventions define them, then normalised as any provider's. */
import type { Usage } from '../../entry/entry.js'
import { normaliseUsage } from '../../tokens/normalise.js'
import type { Attributes } from './attributes.js'
import type { CountName } from './conventions/convention.js'
import { namesOf, numberField } from './span-fields.js'

const COUNTS: readonly CountName[] = [
  'promptTokens',
  'completionTokens',
  'totalTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'inputAudioTokens',
  'outputAudioTokens',
]

/**
 * Undefined when the span has no count. The conventions say that the prompt includes what the cache read and wrote. Some
 * instrumentations of Anthropic leave it out: then it is added, and `prompt_tokens` is marked in `repaired`. It was left
 * out where it is more than the prompt, or where the total holds it beside the prompt.
 */
export function usageOf(attributes: Attributes): Usage | undefined {
  const count = (name: CountName): number | undefined => numberField(attributes, name)
  const prompt = count('promptTokens')
  const completion = count('completionTokens')
  const total = count('totalTokens')
  const cacheRead = count('cacheReadTokens')
  const cacheWrite = count('cacheWriteTokens')
  const cached = Math.max(0, cacheRead ?? 0) + Math.max(0, cacheWrite ?? 0)
  const outside = cached > 0 && isOutside(cached, prompt ?? 0, completion ?? 0, total)
  const usage = normaliseUsage('openai', {
    prompt_tokens: outside ? (prompt ?? 0) + cached : prompt,
    completion_tokens: completion,
    total_tokens: outside ? undefined : total,
    prompt_tokens_details: {
      cached_tokens: cacheRead,
      cache_write_tokens: cacheWrite,
      audio_tokens: count('inputAudioTokens'),
    },
    completion_tokens_details: {
      reasoning_tokens: count('reasoningTokens'),
      audio_tokens: count('outputAudioTokens'),
    },
  })
  if (usage === undefined) return undefined
  const repaired = new Set(Array.isArray(usage.repaired) ? usage.repaired : [])
  if (outside) repaired.add('prompt_tokens')
  return {
    ...usage,
    ...(repaired.size === 0 ? {} : { repaired: [...repaired] }),
    provider_usage: reported(attributes),
  }
}

function isOutside(cached: number, prompt: number, completion: number, total: number | undefined): boolean {
  return cached > prompt || total === prompt + completion + cached
}

const COUNT_NAMES = COUNTS.flatMap(namesOf)

/** The attributes as they came. */
function reported(attributes: Attributes): Readonly<Record<string, unknown>> {
  const names = COUNT_NAMES.filter((name) => attributes.has(name))
  return Object.fromEntries(names.map((name) => [name, attributes.value(name)]))
}
