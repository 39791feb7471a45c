/** Token counts of a framework's call: the provider's own object, else the framework's, else an estimate. */
import type { EntryError, LLMRequestLogEntry, Usage, UsageSource } from '../../entry/entry.js'
import { estimatePromptTokens, estimateTokens } from '../../tokens/estimate.js'
import { normaliseUsage, type UsageApi } from '../../tokens/normalise.js'
import { reportedCost } from '../../tokens/openai-usage.js'
import type { CallStart } from '../capture.js'
import { INTERRUPTED } from './thrown.js'

/** What a framework counted, where it told; prompt and completion include the parts. */
export interface OwnCounts {
  readonly input: unknown
  readonly output: unknown
  readonly total?: unknown
  readonly cacheRead?: unknown
  readonly cacheWrite?: unknown
  readonly reasoning?: unknown
  readonly inputAudio?: unknown
  readonly outputAudio?: unknown
}

/** The framework's counts in our names; `told` is its own object, which is kept. */
export function usageOfCounts(counts: OwnCounts, told: unknown): Usage | undefined {
  const usage = normaliseUsage('openai', {
    prompt_tokens: counts.input,
    completion_tokens: counts.output,
    total_tokens: counts.total,
    prompt_tokens_details: {
      cached_tokens: counts.cacheRead,
      cache_write_tokens: counts.cacheWrite,
      audio_tokens: counts.inputAudio,
    },
    completion_tokens_details: { reasoning_tokens: counts.reasoning, audio_tokens: counts.outputAudio },
  })
  return usage === undefined ? undefined : { ...usage, provider_usage: told }
}

/** How the provider reports, by the name that the framework has for it. */
export function usageApiOf(provider: string): UsageApi {
  if (/anthropic/i.test(provider)) return 'anthropic'
  if (/google|gemini|vertex/i.test(provider)) return 'gemini'
  return /bedrock/i.test(provider) ? 'bedrock' : 'openai'
}

/** Usage, its source and a cost that the provider reported, as fields of the end of a call. */
export interface Counted {
  readonly usage?: Usage
  readonly usageSource: UsageSource
  readonly cost?: LLMRequestLogEntry['cost']
}

/**
 * `priced` are further objects in which the provider may have told the cost. An answer that nobody counted is
 * estimated; a call that failed before any answer used nothing we know of.
 */
export function countedOf(
  reported: Usage | undefined,
  start: CallStart,
  text: string,
  error: EntryError | undefined,
  priced: readonly unknown[] = [],
): Counted {
  if (reported !== undefined) {
    const costs = [reported.provider_usage, ...priced].map(reportedCost)
    const cost = costs.find((amount) => amount !== undefined)
    return {
      usage: reported,
      usageSource: 'provider',
      ...(cost === undefined ? {} : { cost: { amount: cost, source: 'provider' } }),
    }
  }
  const brokeOff = error?.code === 'aborted' || error?.code === INTERRUPTED.code
  if (error !== undefined && !brokeOff && text === '') return { usageSource: 'none' }
  const usage = {
    prompt_tokens: estimatePromptTokens(start.history),
    completion_tokens: estimateTokens(text),
  }
  return { usage, usageSource: 'heuristic' }
}
