import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entriesOf } from '../../src/capture/otlp/index.js'
import { isId } from '../../src/entry/ids.js'
import { chat, exportOf, START, span, spanId, TRACE, type Values } from './spans.js'

/** The only entry of one span with these attributes. */
function entryOf(attributes: Values, more: Record<string, unknown> = {}): Record<string, unknown> {
  const { entries, rejected } = entriesOf(exportOf([span(1, attributes, more)]))
  expect(rejected).toEqual([])
  expect(entries).toHaveLength(1)
  return { ...entries[0]?.fields }
}

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

describe('times', () => {
  test('are exact beyond 2^53 ns, and in ms', () => {
    const more = { startTimeUnixNano: '1764400000999999999', endTimeUnixNano: '1764400001000000000' }
    expect(entryOf(chatAttributes(), more)).toMatchObject({
      timestamp_start: '2025-11-29T07:06:40.999Z',
      timestamp_end: '2025-11-29T07:06:41.000Z',
      timings: { latency_ms: 0 },
    })
  })

  test('may be numbers', () => {
    const more = { startTimeUnixNano: 1_764_400_000_000_000_000, endTimeUnixNano: 1_764_400_001_000_000_000 }
    expect(entryOf(chatAttributes(), more)).toMatchObject({ timings: { latency_ms: 1000 } })
  })

  test('without an end the call takes no time', () => {
    const entry = entryOf(chatAttributes(), { endTimeUnixNano: '0' })
    expect(entry.timestamp_end).toBe(entry.timestamp_start)
  })

  test('of any nanosecond are those of its millisecond', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, (1n << 64n) - 1n), (nanos) => {
        const { entries } = entriesOf(
          exportOf([chat(1, {}, { startTimeUnixNano: String(nanos), endTimeUnixNano: String(nanos) })]),
        )
        expect(BigInt(Date.parse(entries[0]?.fields.timestamp_start ?? ''))).toBe(nanos / 1_000_000n)
      }),
    )
  })
})

describe('failures', () => {
  const rows: readonly (readonly [string, Values, object, object])[] = [
    [
      'error.type',
      { 'error.type': 'rate_limit_exceeded', 'http.response.status_code': 429 },
      { status: { code: 2, message: 'slow down' } },
      { status: 'error', error: { code: 'rate_limit_exceeded', message: 'slow down' }, http_status: 429 },
    ],
    [
      'a status by name',
      {},
      { status: { code: 'STATUS_CODE_ERROR' } },
      { status: 'error', error: { code: 'error' } },
    ],
    [
      'an exception',
      {},
      {
        status: { code: 2 },
        events: [
          {
            name: 'exception',
            attributes: [
              { key: 'exception.type', value: { stringValue: 'APIError' } },
              { key: 'exception.message', value: { stringValue: 'no' } },
            ],
          },
        ],
      },
      { status: 'error', error: { code: 'APIError', message: 'no' } },
    ],
    ['a timeout', { 'error.type': 'APITimeoutError' }, {}, { status: 'timeout' }],
    ['an unset status is success', {}, { status: { code: 0 } }, { status: 'success' }],
  ]

  test.each(rows)('%s', (_name, attributes, more, expected) => {
    expect(entryOf({ ...chatAttributes(), ...attributes }, { ...more })).toMatchObject(expected)
  })
})

describe('where an entry belongs', () => {
  const rows: readonly (readonly [string, Values, Values, object])[] = [
    [
      'the span',
      { 'ledgerline.project_id': 'p', 'ledgerline.chat_id': 'c' },
      {},
      { project: 'p', chat: 'c' },
    ],
    ['the resource', {}, { 'ledgerline.project_id': 'p', 'session.id': 's' }, { project: 'p', chat: 's' }],
    [
      'a conversation before a session',
      { 'session.id': 's', 'gen_ai.conversation.id': 'v' },
      {},
      { chat: 'v' },
    ],
    ['the service', {}, { 'service.name': 'my service' }, { service: 'my service', chat: undefined }],
    [
      'a session that is no id',
      { 'session.id': 'a b/../c' },
      {},
      { chat: expect.stringMatching(/^chat-[0-9a-f]{24}$/) },
    ],
  ]

  test.each(rows)('%s', (_name, attributes, resource, expected) => {
    const { entries } = entriesOf(exportOf([chat(1, attributes)], resource))
    expect(entries[0]?.place).toMatchObject(expected)
  })
})

describe('an id', () => {
  test('is one for any trace and span, and always the same', () => {
    const hex = (length: number) =>
      fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)).filter((id) => !/^0+$/.test(id))
    fc.assert(
      fc.property(hex(32), hex(16), (traceId, id) => {
        const read = () => entriesOf(exportOf([chat(1, {}, { traceId, spanId: id })])).entries[0]?.fields.id
        expect(isId(read())).toBe(true)
        expect(read()).toBe(`otlp-${traceId}-${id}`)
      }),
    )
  })

  test('does not depend on the case of the digits', () => {
    const { entries } = entriesOf(exportOf([chat(1, {}, { traceId: TRACE.toUpperCase() })]))
    expect(entries[0]?.fields.id).toBe(`otlp-${TRACE}-${spanId(1)}`)
  })
})

describe('bad spans are refused, one by one', () => {
  const rows: readonly (readonly [string, unknown])[] = [
    ['no span', 7],
    ['null', null],
    ['a zero trace id', chat(2, {}, { traceId: '0'.repeat(32) })],
    ['a zero span id', chat(2, {}, { spanId: '0'.repeat(16) })],
    ['no span id', chat(2, {}, { spanId: undefined })],
    ['an id in base64', chat(2, {}, { spanId: 'AAAAAAAAAAE=' })],
    ['a doubled span id', chat(1)],
    ['an end before its start', chat(2, {}, { endTimeUnixNano: String(START - 1n) })],
    ['no start', chat(2, {}, { startTimeUnixNano: undefined })],
    ['a start that is text', chat(2, {}, { startTimeUnixNano: 'now' })],
    ['a start of 400 digits', chat(2, {}, { startTimeUnixNano: '9'.repeat(400) })],
    ['a negative start', chat(2, {}, { startTimeUnixNano: -1 })],
  ]

  test.each(rows)('%s', (_name, bad) => {
    const { entries, rejected } = entriesOf(exportOf([chat(1), bad]))
    expect(entries).toHaveLength(1)
    expect(rejected).toHaveLength(1)
    expect(rejected[0]?.reason).not.toBe('')
  })
})

describe('hostile exports', () => {
  test.each([
    ['nothing', undefined],
    ['a text', 'x'],
    ['lists that are none', { resourceSpans: { length: 5 } }],
    ['spans that are none', { resourceSpans: [{ scopeSpans: [{ spans: 'x' }] }] }],
  ])('%s: no entries, and nothing is thrown', (_name, request) => {
    expect(entriesOf(request)).toEqual({ entries: [], rejected: [] })
  })

  test('keys of the prototype are data', () => {
    const request = JSON.parse(
      JSON.stringify(exportOf([chat(1, { '__proto__.x': 1, constructor: 'c', toString: 't' })])).replace(
        '"name":"span 1"',
        '"name":"span 1","__proto__":{"polluted":true}',
      ),
    )
    const { entries } = entriesOf(request)
    expect(entries).toHaveLength(1)
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false)
    expect('polluted' in {}).toBe(false)
  })

  test('attributes without end are left out, not walked', () => {
    let value: Record<string, unknown> = { stringValue: 'deep' }
    for (let depth = 0; depth < 50_000; depth++) value = { arrayValue: { values: [value] } }
    const bad = chat(1)
    const { entries } = entriesOf(
      exportOf([{ ...bad, attributes: [...[bad.attributes].flat(), { key: 'gen_ai.response.id', value }] }]),
    )
    expect(entries[0]?.fields).not.toHaveProperty('response_id')
  })

  test('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (anything) => {
        entriesOf(anything)
        entriesOf(exportOf([anything]))
        entriesOf({
          resourceSpans: [
            {
              resource: anything,
              scopeSpans: [{ spans: [chat(1, {}, { attributes: anything, events: anything })] }],
            },
          ],
        })
      }),
    )
  })
})

function chatAttributes(): Values {
  return { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' }
}
