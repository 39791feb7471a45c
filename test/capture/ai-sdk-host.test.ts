/** What an application of the AI SDK must not notice, and calls that two captures see. */
import { createOpenAI } from '@ai-sdk/openai'
import type { LanguageModelV2, LanguageModelV2Middleware } from '@ai-sdk/provider'
import {
  embedMany,
  generateText,
  jsonSchema,
  stepCountIs,
  streamText,
  tool,
  wrapEmbeddingModel,
  wrapLanguageModel,
} from 'ai'
import { OpenAI } from 'openai'
import { describe, expect, test } from 'vitest'
import { ledgerEmbeddingMiddleware, ledgerMiddleware } from '../../src/capture/ai-sdk/index.js'
import { captureOpenAI } from '../../src/capture/openai/index.js'
import { captured, chatModel } from './ai-sdk-models.js'
import { all } from './all.js'
import { brokenLedgers, setUp, USAGE } from './framework-setup.js'
import { openTestLedger } from './test-ledger.js'

const setup = setUp()
const prompt = 'hello there'
const url = (): string => `${setup.mock.url}/v1`
const chat = () => captured(chatModel(url()), setup.options)
const client = () => new OpenAI({ apiKey: 'sk-test', baseURL: url(), maxRetries: 0 })

describe('the ledger fails and the application gets its answer', () => {
  const expectAnswers = async (model: ReturnType<typeof chat>): Promise<void> => {
    setup.mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
    expect((await generateText({ model, prompt })).text).toBe('Hi.')
    expect(await streamText({ model, prompt }).text).toBe('Hi.')
  }

  test.each(brokenLedgers)('it %s', async (_name, ledger) => {
    await expectAnswers(captured(chatModel(url()), { ledger, projectId: 'p', chatId: 'c' }))
  })

  test('it is closed', async () => {
    const model = chat()
    await setup.test.ledger.close()
    await expectAnswers(model)
    await setup.test.ledger.flush()
  })

  test('it is closed while the answer is under way', async () => {
    setup.mock.onMessage('hello', { content: 'Hi, how are you?', usage: USAGE }, { latency: 5 })
    const { textStream } = streamText({ model: chat(), prompt })
    await setup.test.ledger.close()
    expect((await all(textStream)).join('')).toBe('Hi, how are you?')
    await setup.test.ledger.flush()
  })

  test.each([
    ['the project is unknown', { projectId: 'nobody', chatId: 'c' }],
    ['the chat id is no id', { projectId: 'p', chatId: '../x' }],
    [
      'the function that finds the chat throws',
      {
        projectId: 'p',
        chatId: () => {
          throw new Error('no chat')
        },
      },
    ],
  ])('%s', async (_name, ids) => {
    await expectAnswers(captured(chatModel(url()), { ledger: setup.test.ledger, ...ids }))
    expect(await setup.test.entries()).toEqual([])
  })

  test('closing after the answer loses nothing', async () => {
    setup.mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
    await generateText({ model: chat(), prompt })
    const entries = await setup.test.closed()
    expect(entries.map(({ status }) => status)).toEqual(['success'])
    const { dropped, rejected } = setup.test.ledger.integrity()
    expect([dropped, rejected]).toEqual([0, 0])
  })
})

describe('one physical call is one entry', () => {
  test('with a captured client below, stream or not', async () => {
    setup.mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
    const below = captureOpenAI(client(), { ...setup.options, provider: 'below' })
    const model = createOpenAI({
      apiKey: 'sk-test',
      baseURL: url(),
      fetch: async (_url, init) => below.chat.completions.create(JSON.parse(String(init?.body))).asResponse(),
    }).chat('gpt-4o')
    const wrapped = captured(model, setup.options)
    await generateText({ model: wrapped, prompt })
    await streamText({ model: wrapped, prompt }).consumeStream()
    const entries = await setup.test.entries()
    expect(setup.mock.getRequests()).toHaveLength(2)
    expect(entries.map(({ provider, status }) => [provider, status])).toEqual([
      ['openai', 'success'],
      ['openai', 'success'],
    ])

    // Not wrapped, the client is the outermost capture.
    await generateText({ model, prompt })
    expect((await setup.test.entries()).map(({ provider }) => provider)).toEqual([
      'openai',
      'openai',
      'below',
    ])
  })

  test('and one in each ledger', async () => {
    setup.mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
    await using other = await openTestLedger()
    const { ledger, projectId, chatId } = other
    const middleware = [
      ledgerMiddleware(setup.options),
      ledgerMiddleware(setup.options),
      ledgerMiddleware({ ledger, projectId, chatId }),
    ]
    await generateText({ model: wrapLanguageModel({ model: chatModel(url()), middleware }), prompt })
    expect(await setup.test.entries()).toHaveLength(1)
    expect(await other.entries()).toHaveLength(1)
  })

  test.each([false, true])(
    'a tool that calls a captured client makes a call of its own, stream: %s',
    async (stream) => {
      const usage = USAGE
      const toolCalls = [{ id: 'call_1', name: 'ask', arguments: '{}' }]
      setup.mock.on({ userMessage: 'hello', hasToolResult: false }, { toolCalls, usage })
      setup.mock.on({ userMessage: 'hello', hasToolResult: true }, { content: 'Done.', usage })
      setup.mock.on({ userMessage: 'aside' }, { content: 'Yes.', usage })
      const aside = captureOpenAI(client(), { ...setup.options, provider: 'aside' })
      const ask = tool({
        inputSchema: jsonSchema<object>({ type: 'object' }),
        execute: async () => {
          const messages = [{ role: 'user' as const, content: 'aside' }]
          const { choices } = await aside.chat.completions.create({ model: 'gpt-4o', messages })
          return choices[0]?.message.content
        },
      })
      const request = { model: chat(), prompt, tools: { ask }, stopWhen: stepCountIs(3) }
      await (stream ? streamText(request).consumeStream() : generateText(request))
      const entries = await setup.test.entries()
      expect(setup.mock.getRequests()).toHaveLength(3)
      expect(entries.map(({ provider }) => provider).sort()).toEqual(['aside', 'openai', 'openai'])
    },
  )

  test('what runs beside the call is not part of it', async () => {
    setup.mock.onMessage(/hello/, { content: 'Hi.', usage: USAGE })
    const beside = captureOpenAI(client(), { ...setup.options, provider: 'beside' })
    const messages = [{ role: 'user' as const, content: 'hello' }]
    await Promise.all([
      generateText({ model: chat(), prompt }),
      beside.chat.completions.create({ model: 'gpt-4o', messages }),
      generateText({ model: chat(), prompt }),
    ])
    const entries = await setup.test.entries()
    expect(entries.map(({ provider }) => provider).sort()).toEqual(['beside', 'openai', 'openai'])
  })
})

test('embeddings are entries of their kind, without their texts', async () => {
  setup.mock.onEmbedding(/.*/, { embedding: [0.1, 0.2] })
  const model = wrapEmbeddingModel({
    model: createOpenAI({ baseURL: url(), apiKey: 'sk-test' }).embedding('text-embedding-3-small'),
    middleware: ledgerEmbeddingMiddleware(setup.options),
  })
  const { usage } = await embedMany({ model, values: ['hello', 'there'] })
  const entry = await setup.test.entry()
  expect(entry).toMatchObject({
    ...{ status: 'success', request_type: 'embedding', inputs: 2, provider: 'openai' },
    ...{ usage: { prompt_tokens: usage.tokens, completion_tokens: 0 }, usage_source: 'provider' },
  })
  expect(await setup.test.said()).toEqual([])

  setup.mock.clearFixtures().nextRequestError(400, { message: 'No', code: 'bad' })
  await expect(embedMany({ model, values: ['again'], maxRetries: 0 })).rejects.toThrow('No')
  expect((await setup.test.entries())[1]).toMatchObject({
    ...{
      status: 'error',
      request_type: 'embedding',
      http_status: 400,
      error: { code: 'bad', message: 'No' },
    },
  })
})

test('models of version 5 of the SDK, which is not installed here: its types and a model made by hand', async () => {
  const middleware: LanguageModelV2Middleware = ledgerMiddleware(setup.options)
  const usage = {
    inputTokens: 20,
    outputTokens: 10,
    totalTokens: 30,
    reasoningTokens: 4,
    cachedInputTokens: 8,
  }
  const parts = [
    { type: 'response-metadata' as const, id: 'r1', modelId: 'm-1' },
    { type: 'text-start' as const, id: 't' },
    { type: 'text-delta' as const, id: 't', delta: 'Hi.' },
    { type: 'finish' as const, finishReason: 'stop' as const, usage },
  ]
  const model: LanguageModelV2 = {
    ...{ specificationVersion: 'v2', provider: 'mistral.chat', modelId: 'm', supportedUrls: {} },
    doGenerate: async () => {
      throw new Error('not asked for')
    },
    doStream: async () => ({ stream: ReadableStream.from(parts) }),
  }
  const params = { prompt: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'hello' }] }] }
  const { doGenerate, doStream } = model
  const wrapped = await middleware.wrapStream?.({
    ...{ model, params },
    doGenerate: () => doGenerate(params),
    doStream: () => doStream(params),
  })
  if (wrapped === undefined) throw new Error('the middleware has no wrapStream')
  expect(await all(wrapped.stream)).toEqual(parts)
  expect(await setup.test.entry()).toMatchObject({
    ...{ status: 'success', provider: 'mistral', model: 'm', response_id: 'r1', response_model: 'm-1' },
    ...{ finish_reason: 'stop', usage_source: 'provider' },
    usage: { prompt_tokens: 20, completion_tokens: 10, reasoning_tokens: 4, cache_read_tokens: 8 },
  })
})
