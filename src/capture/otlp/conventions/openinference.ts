/** OpenInference: https://arize-ai.github.io/openinference/spec/ */
import type { Convention, SpanMeaning } from './convention.js'

const KINDS = new Map<string, SpanMeaning>([
  ['LLM', 'chat'],
  ['EMBEDDING', 'embedding'],
  ['TOOL', 'tool'],
])

export const openInference: Convention = {
  meaningOf(attributes) {
    const kind = attributes.text('openinference.span.kind')
    return kind === undefined ? undefined : (KINDS.get(kind.toUpperCase()) ?? 'other')
  },
  names: {
    model: ['llm.model_name', 'embedding.model_name'],
    provider: ['llm.provider', 'llm.system'],
    finishReason: ['llm.finish_reason'],
    session: ['session.id'],
    user: ['user.id'],
    promptTokens: ['llm.token_count.prompt'],
    completionTokens: ['llm.token_count.completion'],
    totalTokens: ['llm.token_count.total'],
    cacheReadTokens: ['llm.token_count.prompt_details.cache_read'],
    cacheWriteTokens: ['llm.token_count.prompt_details.cache_write'],
    reasoningTokens: ['llm.token_count.completion_details.reasoning'],
    inputAudioTokens: ['llm.token_count.prompt_details.audio'],
    outputAudioTokens: ['llm.token_count.completion_details.audio'],
  },
}
