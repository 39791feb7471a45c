import { describe, expect, test } from 'vitest'
import { entryOf, type Values } from './spans.js'

const counts = (prompt: number, completion: number, more: object = {}) => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  ...more,
})

describe('the conventions', () => {
  const rows: readonly (readonly [string, Values, object])[] = [
    [
      'OpenTelemetry, a chat',
      {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.response.model': 'gpt-4o-2024-08-06',
        'gen_ai.response.id': 'chatcmpl-1',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 20,
        'gen_ai.usage.cache_read.input_tokens': 64,
        'gen_ai.usage.cache_creation.input_tokens': 16,
        'gen_ai.usage.reasoning.output_tokens': 12,
        'server.address': 'api.openai.com',
      },
      {
        request_type: 'chat',
        model: 'gpt-4o',
        provider: 'openai',
        response_model: 'gpt-4o-2024-08-06',
        response_id: 'chatcmpl-1',
        finish_reason: 'stop',
        usage_source: 'provider',
        usage: counts(100, 20, { cache_read_tokens: 64, cache_write_tokens: 16, reasoning_tokens: 12 }),
      },
    ],
    [
      'OpenTelemetry with its older names',
      {
        'gen_ai.operation.name': 'text_completion',
        'gen_ai.system': 'az.ai.openai',
        'gen_ai.request.model': 'deployment-1',
        'gen_ai.usage.prompt_tokens': 7,
        'gen_ai.usage.completion_tokens': 3,
      },
      { request_type: 'chat', provider: 'azure', model: 'deployment-1', usage: counts(7, 3) },
    ],
    [
      'OpenTelemetry, embeddings',
      { 'gen_ai.operation.name': 'embeddings', 'gen_ai.request.model': 'e', 'gen_ai.usage.input_tokens': 9 },
      { request_type: 'embedding', model: 'e', usage: counts(9, 0) },
    ],
    [
      'OpenTelemetry, content of Gemini',
      {
        'gen_ai.operation.name': 'generate_content',
        'gen_ai.system': 'gcp.gemini',
        'gen_ai.request.model': 'g',
      },
      { request_type: 'chat', provider: 'google', model: 'g', usage_source: 'none' },
    ],
    [
      'a library from before there were operations',
      {
        'llm.request.type': 'chat',
        'gen_ai.system': 'Anthropic',
        'gen_ai.request.model': 'claude-sonnet-4-5',
        'gen_ai.usage.prompt_tokens': 30,
        'gen_ai.usage.completion_tokens': 5,
        'gen_ai.usage.cache_read_input_tokens': 20,
        'llm.usage.total_tokens': 35,
      },
      { provider: 'anthropic', usage: counts(30, 5, { cache_read_tokens: 20 }) },
    ],
    [
      'OpenInference',
      {
        'openinference.span.kind': 'LLM',
        'llm.model_name': 'gpt-4o-mini',
        'llm.provider': 'openai',
        'llm.token_count.prompt': 50,
        'llm.token_count.completion': 10,
        'llm.token_count.total': 60,
        'llm.token_count.prompt_details.cache_read': 32,
        'llm.token_count.completion_details.reasoning': 4,
        'llm.invocation_parameters': '{"temperature":0.5,"messages":["secret"]}',
        'session.id': 'session-1',
        'user.id': 'user-1',
      },
      {
        model: 'gpt-4o-mini',
        provider: 'openai',
        usage: counts(50, 10, { cache_read_tokens: 32, reasoning_tokens: 4 }),
        params: { temperature: 0.5 },
        session_id: 'session-1',
        user_id: 'user-1',
      },
    ],
    [
      'OpenInference, an embedding',
      { 'openinference.span.kind': 'EMBEDDING', 'embedding.model_name': 'e', 'llm.token_count.prompt': 3 },
      { request_type: 'embedding', model: 'e', usage: counts(3, 0) },
    ],
    [
      'the Vercel AI SDK',
      {
        'ai.operationId': 'ai.streamText.doStream',
        'ai.model.id': 'gpt-4o',
        'ai.model.provider': 'openai.chat',
        'ai.response.id': 'chatcmpl-2',
        'ai.response.finishReason': 'tool-calls',
        'ai.response.msToFirstChunk': 120.126,
        'ai.usage.inputTokens': 11,
        'ai.usage.outputTokens': 6,
        'ai.usage.totalTokens': 17,
        'ai.usage.inputTokenDetails.cacheReadTokens': 8,
      },
      {
        model: 'gpt-4o',
        provider: 'openai',
        response_id: 'chatcmpl-2',
        finish_reason: 'tool-calls',
        usage: counts(11, 6, { cache_read_tokens: 8 }),
        timings: { latency_ms: 1500, total_duration_ms: 1500, time_to_first_token_ms: 120.13 },
      },
    ],
    [
      'the Vercel AI SDK, embeddings',
      { 'ai.operationId': 'ai.embed.doEmbed', 'ai.model.id': 'e', 'ai.usage.tokens': 4 },
      { request_type: 'embedding', usage: counts(4, 0) },
    ],
    [
      "OpenRouter behind OpenAI's protocol",
      { 'gen_ai.operation.name': 'chat', 'gen_ai.system': 'openai', 'server.address': 'openrouter.ai' },
      { provider: 'openrouter', model: 'unknown' },
    ],
  ]

  test.each(rows)('%s', (_name, attributes, expected) => {
    expect(entryOf(attributes)).toMatchObject(expected)
  })

  test('what the span reported stays beside the usage', () => {
    expect(entryOf({ ...rows[0]?.[1] })).toMatchObject({
      usage: { provider_usage: { 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.output_tokens': 20 } },
    })
  })
})

describe('usage that cannot be true', () => {
  const base = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm' }
  const rows: readonly (readonly [string, Values, object])[] = [
    [
      'more cached than the prompt: the cache was left out of it',
      {
        'gen_ai.usage.input_tokens': 5,
        'gen_ai.usage.output_tokens': 2,
        'gen_ai.usage.cache_read.input_tokens': 95,
      },
      counts(100, 2, { cache_read_tokens: 95, repaired: ['prompt_tokens'] }),
    ],
    [
      'a total that holds the cache beside the prompt',
      {
        'gen_ai.usage.input_tokens': 50,
        'gen_ai.usage.output_tokens': 10,
        'gen_ai.usage.cache_read.input_tokens': 20,
        'gen_ai.usage.cache_creation.input_tokens': 20,
        'gen_ai.usage.total_tokens': 100,
      },
      counts(90, 10, { cache_read_tokens: 20, cache_write_tokens: 20, repaired: ['prompt_tokens'] }),
    ],
    [
      'negative',
      { 'gen_ai.usage.input_tokens': -5, 'gen_ai.usage.output_tokens': 2 },
      counts(0, 2, { repaired: ['prompt_tokens'] }),
    ],
    ['text', { 'gen_ai.usage.input_tokens': '5', 'gen_ai.usage.output_tokens': 2 }, counts(5, 2)],
  ]

  test.each(rows)('%s', (_name, attributes, expected) => {
    expect(entryOf({ ...base, ...attributes })).toMatchObject({ usage: expected })
  })

  test('a text that is no number is no count', () => {
    expect(entryOf({ ...base, 'gen_ai.usage.input_tokens': 'many' })).toMatchObject({ usage_source: 'none' })
  })
})
