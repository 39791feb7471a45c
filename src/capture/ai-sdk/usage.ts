/** The usage of an answer of the AI SDK in our names. */
import type { Usage } from '../../entry/entry.js'
import { normaliseUsage } from '../../tokens/normalise.js'
import { usageApiOf, usageOfCounts } from '../frameworks/counted.js'
import { isJson, type Json, jsonOf } from '../json.js'

/** The provider's own object where the SDK passes it on (`usage.raw`, or in the metadata), else the SDK's counts. */
export function usageOf(
  provider: string,
  usage: Json | undefined,
  providerMetadata: unknown,
): Usage | undefined {
  const api = usageApiOf(provider)
  for (const own of [usage?.raw, ...metadataUsages(providerMetadata)]) {
    const normalised = normaliseUsage(api, own)
    if (normalised !== undefined) return normalised
  }
  return usage === undefined ? undefined : usageOfCounts(countsOf(usage), usage)
}

/** Of the providers that put it there: `{ anthropic: { usage } }`, `{ google: { usageMetadata } }`. */
function metadataUsages(metadata: unknown): unknown[] {
  return Object.values(jsonOf(metadata))
    .filter(isJson)
    .flatMap(({ usage, usageMetadata }) => [usage, usageMetadata])
}

/** Version 3 of the model's contract has objects where version 2 has numbers. */
function countsOf(usage: Json): Parameters<typeof usageOfCounts>[0] {
  const { inputTokens: input, outputTokens: output } = usage
  if (isJson(input) || isJson(output)) {
    const { total: prompt, cacheRead, cacheWrite } = jsonOf(input)
    const { total: completion, reasoning } = jsonOf(output)
    return { input: prompt, output: completion, cacheRead, cacheWrite, reasoning }
  }
  const { totalTokens, reasoningTokens, cachedInputTokens } = usage
  return { input, output, total: totalTokens, cacheRead: cachedInputTokens, reasoning: reasoningTokens }
}
