/** The usage of an answer of the AI SDK in our names. */
import type { Usage } from '../../entry/entry.js'
import { normaliseUsage } from '../../tokens/normalise.js'
import { usageApiOf, usageOfCounts } from '../frameworks/counted.js'
import { isJson, type Json, jsonOf } from '../json.js'

/** Where an answer may tell its usage. */
export interface ToldUsage {
  readonly usage: Json | undefined
  readonly providerMetadata: unknown
  /** What the provider sent, of an answer that was not streamed. */
  readonly body: Json
}

/** The provider's own object where the SDK passes it on (in the body, as `usage.raw`, or in the metadata), else the SDK's counts. */
export function usageOf(provider: string, answer: ToldUsage): Usage | undefined {
  const { usage, providerMetadata, body } = answer
  const api = usageApiOf(provider)
  // The body first: the SDK's copy has lost the fields that it does not know.
  for (const own of [body.usage, body.usageMetadata, usage?.raw, ...metadataUsages(providerMetadata)]) {
    const normalised = normaliseUsage(api, own)
    if (normalised !== undefined) return normalised
  }
  return usage === undefined ? undefined : usageOfCounts(countsOf(usage), usage)
}

/** Of the providers that put it there: `{ anthropic: { usage } }`, `{ google: { usageMetadata } }`. */
export function metadataUsages(metadata: unknown): unknown[] {
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
