/** What a provider reports as usage, in our names: one reader for each way of reporting. Never throws. */
import type { Usage } from '../entry/entry.js'
import { normaliseOpenAIUsage } from './openai-usage.js'

/** `openai`: chat completions, responses and embeddings, also as Azure, OpenRouter, Mistral, DeepSeek and others speak them. */
export type UsageApi = 'openai' | 'anthropic' | 'gemini' | 'bedrock'

const READERS: Record<UsageApi, (reported: unknown) => Usage | undefined> = {
  openai: normaliseOpenAIUsage,
  anthropic: normaliseOpenAIUsage,
  gemini: normaliseOpenAIUsage,
  bedrock: normaliseOpenAIUsage,
}

/** Undefined when there is none or it holds no count; keeps the object as `provider_usage`. */
export function normaliseUsage(api: UsageApi, reported: unknown): Usage | undefined {
  return READERS[api](reported)
}
