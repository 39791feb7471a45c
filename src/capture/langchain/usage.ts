/** The usage of a run in our names. */
import type { Usage } from '../../entry/entry.js'
import { normaliseUsage } from '../../tokens/normalise.js'
import { usageApiOf, usageOfCounts } from '../frameworks/counted.js'
import { isJson, type Json, jsonOf } from '../json.js'

/**
 * The provider's own object where it comes to the total that LangChain counted, since LangChain adds up the objects of
 * chunks that may be running totals; else LangChain's counts: `usage_metadata`, or the older `tokenUsage`.
 */
export function usageOf(provider: string, raw: unknown, counts: unknown, llmOutput: Json): Usage | undefined {
  const own = fromMetadata(counts) ?? fromTokenUsage(llmOutput.tokenUsage)
  for (const reported of [raw, llmOutput.usage]) {
    const usage = normaliseUsage(usageApiOf(provider), reported)
    if (usage !== undefined && (own === undefined || totalOf(usage) === totalOf(own))) return usage
  }
  return own
}

function fromMetadata(counts: unknown): Usage | undefined {
  if (!isJson(counts)) return undefined
  const input = jsonOf(counts.input_token_details)
  const output = jsonOf(counts.output_token_details)
  return usageOfCounts(
    {
      input: counts.input_tokens,
      output: counts.output_tokens,
      total: counts.total_tokens,
      cacheRead: input.cache_read,
      cacheWrite: input.cache_creation,
      inputAudio: input.audio,
      reasoning: output.reasoning,
      outputAudio: output.audio,
    },
    counts,
  )
}

function fromTokenUsage(usage: unknown): Usage | undefined {
  if (!isJson(usage)) return undefined
  const { promptTokens, completionTokens, totalTokens } = usage
  return usageOfCounts({ input: promptTokens, output: completionTokens, total: totalTokens }, usage)
}

function totalOf({ prompt_tokens, completion_tokens, total_tokens }: Usage): number {
  const isCounted = prompt_tokens !== undefined || completion_tokens !== undefined
  return isCounted ? (prompt_tokens ?? 0) + (completion_tokens ?? 0) : (total_tokens ?? 0)
}
