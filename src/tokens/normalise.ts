/** What a provider reports as usage, in our names: one reader for each way of reporting. Never throws. */
import type { Usage } from '../entry/entry.js'
import { readAnthropicUsage } from './anthropic-usage.js'
import { readBedrockUsage } from './bedrock-usage.js'
import { readGeminiUsage } from './gemini-usage.js'
import { readOpenAIUsage } from './openai-usage.js'
import { normaliseWith, type UsageReader } from './reported-usage.js'

/** `openai`: chat completions, responses and embeddings, also as Azure, OpenRouter, Mistral, DeepSeek and others speak them. */
export type UsageApi = 'openai' | 'anthropic' | 'gemini' | 'bedrock'

const READERS: Record<UsageApi, UsageReader> = {
  openai: readOpenAIUsage,
  anthropic: readAnthropicUsage,
  gemini: readGeminiUsage,
  bedrock: readBedrockUsage,
}

/**
 * Tokens. Undefined when there is no usage or it holds no count. prompt + completion = total, and parts are disjoint and
 * never more than their whole: numbers that could not be true are replaced and named in `repaired`, a total that did not
 * add up is kept as `reported_total_tokens`. The provider's object is kept as `provider_usage`.
 */
export function normaliseUsage(api: UsageApi, reported: unknown): Usage | undefined {
  return normaliseWith(READERS[api], reported)
}
