/** Answers that arrive, through the AI SDK. */
import { generateText, jsonSchema, stepCountIs, streamText, tool, wrapLanguageModel } from 'ai'
import { describe, expect, test } from 'vitest'
import { ledgerMiddleware } from '../../src/capture/ai-sdk/index.js'
import { anthropicModel, captured, chatModel, responsesModel } from './ai-sdk-models.js'
import { all } from './all.js'
import { setUp, USAGE } from './framework-setup.js'
import { sendJson, startRawProvider } from './raw-provider.js'

const setup = setUp()
const url = (): string => `${setup.mock.url}/v1`
const chat = () => captured(chatModel(url()), setup.options)

const APIS = [
  ['chat completions', chatModel, 'openai', 'gpt-4o'],
  ['responses', responsesModel, 'openai', 'gpt-4.1'],
  ['Anthropic messages', anthropicModel, 'anthropic', 'claude-sonnet-4-5'],
] as const

describe.each(APIS)('%s', (_name, make, provider, model) => {
  const known = {
    model,
    provider,
    status: 'success',
    attempt: 1,
    usage: USAGE,
    usage_source: 'provider',
  }

  test('a plain call is one entry with what is known of it', async () => {
    setup.mock.onMessage('hello', { content: 'Hi, how can I help?', usage: USAGE })
    const { text, response } = await generateText({
      model: captured(make(url()), setup.options),
      system: 'Be kind.',
      prompt: 'hello there',
      temperature: 0.5,
    })
    expect(text).toBe('Hi, how can I help?')

    const entry = await setup.test.entry()
    expect(entry).toMatchObject({
      ...known,
      project_id: setup.test.projectId,
      chat_id: setup.test.chatId,
      response_id: response.id,
      response_model: response.modelId,
      params: { temperature: 0.5 },
    })
    expect(entry.finish_reason).toBeTypeOf('string')
    expect(entry.usage?.provider_usage).toBeDefined()
    expect(entry.timings?.latency_ms).toBeGreaterThan(0)
    expect(entry.cost?.amount).toBeGreaterThan(0)
    expect(await setup.test.said()).toEqual([
      'system: Be kind.',
      'user: hello there',
      'assistant: Hi, how can I help?',
    ])
    expect(setup.mock.getRequests()).toHaveLength(1)
  })

  test('a stream is passed on as it comes', async () => {
    setup.mock.onMessage('hello', { content: 'Hi, how can I help you today?', usage: USAGE })
    const read = async (wrapped: ReturnType<typeof make>): Promise<unknown[]> => {
      const parts = await all(streamText({ model: wrapped, prompt: 'hello there' }).fullStream)
      return parts.filter((part) => part.type === 'text-delta').map((part) => part.text)
    }
    const deltas = await read(captured(make(url()), setup.options))
    expect(deltas).toEqual(await read(make(url())))

    const entry = await setup.test.entry()
    expect(entry).toMatchObject({ ...known, params: { stream: true } })
    const { latency_ms, time_to_first_token_ms } = entry.timings ?? {}
    expect(time_to_first_token_ms).toBeGreaterThan(0)
    expect(time_to_first_token_ms).toBeLessThanOrEqual(latency_ms ?? 0)
    expect(await setup.test.said()).toEqual(['user: hello there', 'assistant: Hi, how can I help you today?'])
  })

  test.each([false, true])('the steps of an agent are one entry each, stream: %s', async (stream) => {
    const usage = USAGE
    setup.mock.on(
      { userMessage: 'hello', hasToolResult: false },
      { toolCalls: [{ id: 'call_1', name: 'weather', arguments: '{"city":"Rome"}' }], usage },
    )
    setup.mock.on({ userMessage: 'hello', hasToolResult: true }, { content: 'It is sunny.', usage })
    const weather = tool({
      inputSchema: jsonSchema<{ city: string }>({ type: 'object', properties: { city: { type: 'string' } } }),
      execute: async ({ city }) => `Sun in ${city}.`,
    })
    const ask = {
      model: captured(make(url()), setup.options),
      prompt: 'hello there',
      tools: { weather },
      stopWhen: stepCountIs(3),
    }
    if (stream) await streamText(ask).consumeStream()
    else await generateText(ask)

    const entries = await setup.test.entries()
    expect(entries).toHaveLength(2)
    expect(setup.mock.getRequests()).toHaveLength(2)
    expect(entries[0]).toMatchObject({ ...known, params: { tools_count: 1, tool_choice: 'auto' } })
    const [asked, called, answered, concluded] = await setup.test.said()
    expect([asked, answered, concluded]).toEqual([
      'user: hello there',
      'tool: Sun in Rome.',
      'assistant: It is sunny.',
    ])
    expect(called).toMatch(
      /^assistant: \[{"id":"[^"]+","name":"weather","arguments":"{\\"city\\":\\"Rome\\"}"}\]$/,
    )
    expect(await setup.test.said()).toHaveLength(4)
  })
})

test('the conversation is kept, each message once', async () => {
  setup.mock.on({ userMessage: 'hello' }, { content: 'Hi.', usage: USAGE })
  setup.mock.on({ userMessage: 'bye' }, { content: 'Goodbye.', usage: USAGE })
  const model = chat()
  const first = await generateText({ model, messages: [{ role: 'user', content: 'hello' }] })
  await generateText({
    model,
    messages: [
      { role: 'user', content: 'hello' },
      ...first.response.messages,
      { role: 'user', content: 'bye' },
    ],
  })
  expect(await setup.test.said()).toEqual([
    'user: hello',
    'assistant: Hi.',
    'user: bye',
    'assistant: Goodbye.',
  ])
  const [, second] = await setup.test.entries()
  expect(second?.messages_included).toHaveLength(3)
})

test('files leave their type in the chat, and no bytes', async () => {
  setup.mock.onMessage(/.*/, { content: 'A dot.', usage: USAGE })
  const image = { type: 'image' as const, image: new Uint8Array([137, 80, 78, 71]), mediaType: 'image/png' }
  const content = [{ type: 'text' as const, text: 'hello, what is it?' }, image]
  await generateText({ model: chat(), messages: [{ role: 'user', content }] })
  expect(await setup.test.said()).toEqual(['user: hello, what is it?\n[file]', 'assistant: A dot.'])
})

test('the parts of usage are those that the provider told, and its cost wins', async () => {
  const usage = {
    ...{ prompt_tokens: 100, completion_tokens: 50, total_tokens: 150, cost: 0.0123 },
    prompt_tokens_details: { cached_tokens: 40 },
    completion_tokens_details: { reasoning_tokens: 30 },
  }
  await using provider = await startRawProvider((_request, response) =>
    sendJson(response, {
      ...{ id: 'c1', created: 1, model: 'gpt-4o-2024-08-06', object: 'chat.completion', usage },
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
    }),
  )
  await generateText({ model: captured(chatModel(provider.url), setup.options), prompt: 'hello' })
  expect(await setup.test.entry()).toMatchObject({
    response_id: 'c1',
    response_model: 'gpt-4o-2024-08-06',
    finish_reason: 'stop',
    usage: { prompt_tokens: 100, completion_tokens: 50, cache_read_tokens: 40, reasoning_tokens: 30 },
    usage_source: 'provider',
    cost: { amount: 0.0123, source: 'provider' },
  })
})

test('an answer without usage is estimated and marked', async () => {
  await using provider = await startRawProvider((_request, response) =>
    sendJson(response, {
      ...{ id: 'c1', created: 1, model: 'local', object: 'chat.completion' },
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
    }),
  )
  await generateText({ model: captured(chatModel(provider.url), setup.options), prompt: 'hello' })
  const entry = await setup.test.entry()
  expect(entry).toMatchObject({ status: 'success', usage_source: 'heuristic' })
  expect(entry.usage?.prompt_tokens).toBeGreaterThan(0)
  expect(entry.usage?.completion_tokens).toBe(1)
})

test('twenty calls at once are twenty entries, as many as the provider served', async () => {
  setup.mock.onMessage(/question/, { content: 'An answer.', usage: USAGE })
  const model = chat()
  await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const ask = { model, prompt: `question ${index}` }
      await (index % 2 === 0 ? generateText(ask) : streamText(ask).text)
    }),
  )
  const entries = await setup.test.entries()
  expect(entries).toHaveLength(setup.mock.getRequests().length)
  expect(new Set(entries.map((entry) => entry.id)).size).toBe(20)
  expect(entries.every(({ status, usage }) => status === 'success' && usage?.total_tokens === 30)).toBe(true)
  expect(await setup.test.said()).toHaveLength(40)
  const { summary } = await setup.test.ledger.getStats({ type: 'global' })
  expect(summary).toMatchObject({ totalRequests: 20, pendingRequests: 0, totalTokens: 600 })
})

test('who, where and why are found for each call', async () => {
  setup.mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
  const middleware = ledgerMiddleware({
    ...setup.options,
    chatId: ({ endpoint, body }) => `${endpoint}-${String(body.seed)}`,
    provider: 'mine',
    userId: 'u1',
    tags: ['a'],
    messages: false,
  })
  const model = wrapLanguageModel({ model: chatModel(url()), middleware })
  await generateText({ model, prompt: 'hello', seed: 7 })
  expect(await setup.test.entry()).toMatchObject({
    ...{ chat_id: 'ai-sdk.generate-7', provider: 'mine', user_id: 'u1', tags: ['a'] },
    ...{ params: { seed: 7 }, messages_included: [] },
  })
})
