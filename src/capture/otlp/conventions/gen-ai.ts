/**
 * The semantic conventions of OpenTelemetry for generative AI, with the names of earlier versions and of the libraries
 * that had them before: https://opentelemetry.io/docs/specs/semconv/gen-ai/
 */
import type { Convention, SpanMeaning } from './convention.js'

const OPERATIONS = new Map<string, SpanMeaning>([
  ['chat', 'chat'],
  ['text_completion', 'chat'],
  ['generate_content', 'chat'],
  ['embeddings', 'embedding'],
  ['execute_tool', 'tool'],
])

/** Of `llm.request.type`, from before there was an operation name. */
const REQUEST_TYPES = new Map<string, SpanMeaning>([
  ['chat', 'chat'],
  ['completion', 'chat'],
  ['embedding', 'embedding'],
])

export const genAi: Convention = {
  meaningOf(attributes) {
    const operation = attributes.text('gen_ai.operation.name')
    if (operation !== undefined) return OPERATIONS.get(operation) ?? 'other'
    const type = attributes.text('llm.request.type')
    return type === undefined ? undefined : (REQUEST_TYPES.get(type) ?? 'other')
  },
  names: {
    model: ['gen_ai.request.model'],
    responseModel: ['gen_ai.response.model'],
    responseId: ['gen_ai.response.id'],
    provider: ['gen_ai.provider.name', 'gen_ai.system'],
    finishReason: ['gen_ai.response.finish_reasons', 'gen_ai.response.finish_reason'],
    chat: ['gen_ai.conversation.id'],
    session: ['session.id'],
    user: ['user.id', 'enduser.id'],
    promptTokens: ['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens'],
    completionTokens: ['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'],
    totalTokens: ['gen_ai.usage.total_tokens', 'llm.usage.total_tokens'],
    cacheReadTokens: [
      'gen_ai.usage.cache_read.input_tokens',
      'gen_ai.usage.cache_read_input_tokens',
      'gen_ai.usage.input_tokens.cached',
      'gen_ai.usage.details.cache_read_tokens',
    ],
    cacheWriteTokens: [
      'gen_ai.usage.cache_creation.input_tokens',
      'gen_ai.usage.cache_write.input_tokens',
      'gen_ai.usage.cache_creation_input_tokens',
      'gen_ai.usage.input_tokens.cache_write',
      'gen_ai.usage.details.cache_write_tokens',
    ],
    reasoningTokens: [
      'gen_ai.usage.reasoning.output_tokens',
      'gen_ai.usage.reasoning_tokens',
      'gen_ai.usage.output_tokens.reasoning',
      'gen_ai.usage.details.reasoning_tokens',
    ],
    firstTokenSeconds: ['gen_ai.response.time_to_first_chunk', 'gen_ai.server.time_to_first_token'],
  },
}
