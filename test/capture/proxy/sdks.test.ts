/** The real SDKs, which know of the proxy by their base URL alone. Their provider counts what it was asked. */
import { createOpenAI } from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import { LLMock } from '@copilotkit/aimock'
import { ChatOpenAI } from '@langchain/openai'
import { generateText } from 'ai'
import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { captureAnthropic } from '../../../src/capture/anthropic/index.js'
import { captureFetch } from '../../../src/capture/fetch/index.js'
import { LedgerCallbackHandler } from '../../../src/capture/langchain/index.js'
import { captureOpenAI } from '../../../src/capture/openai/index.js'
import { captured } from '../ai-sdk-models.js'
import { all } from '../all.js'
import { type Proxied, startProxy } from './proxied.js'

const ask = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'hello there' }] }
const askClaude = { ...ask, model: 'claude-sonnet-4-20250514', max_tokens: 100 }
const usage = { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 }

const mock = new LLMock({ port: 0, logLevel: 'silent', chunkSize: 8 })
let proxied: Proxied
beforeAll(() => mock.start())
afterAll(() => mock.stop())
beforeEach(async () => {
  mock.clearFixtures().clearRequests()
  mock.resetMatchCounts()
  proxied = await startProxy(`${mock.url}/v1`, { upstreams: { claude: { baseUrl: mock.url } } })
})
afterEach(() => proxied[Symbol.asyncDispose]())

const openai = () => new OpenAI({ apiKey: 'sk-test', baseURL: proxied.url, maxRetries: 1 })
const anthropic = () =>
  new Anthropic({
    apiKey: 'test',
    baseURL: `${proxied.server.url}/proxy/claude`,
    maxRetries: 1,
    defaultHeaders: {
      'x-ledgerline-project': proxied.test.projectId,
      'x-ledgerline-chat': proxied.test.chatId,
    },
  })

const options = () => {
  const { ledger, projectId, chatId } = proxied.test
  return { ledger, projectId, chatId, tags: ['captured'] }
}

test('OpenAI chat completions', async () => {
  mock.onMessage('hello', { content: 'Hi, how are you?', usage })
  const answer = await openai().chat.completions.create(ask)
  expect(answer.choices[0]?.message.content).toBe('Hi, how are you?')
  expect(await proxied.test.entry()).toMatchObject({
    status: 'success',
    provider: 'openai',
    model: 'gpt-4o',
    http_status: 200,
    usage,
    usage_source: 'provider',
    response_id: answer.id,
    metadata: { upstream: 'up' },
  })
  expect(await proxied.test.said()).toEqual(['user: hello there', 'assistant: Hi, how are you?'])
  expect(mock.getRequests()).toHaveLength(1)
})

test.each([
  ['openai', () => captureOpenAI(openai(), options()).chat.completions.create(ask)],
  ['anthropic', () => captureAnthropic(anthropic(), options()).messages.create(askClaude)],
])('a captured client of %s behind the proxy is one entry, of the capture', async (_name, call) => {
  mock.onMessage('hello', { content: 'Hi, how are you?', usage })
  await call()
  expect(await proxied.test.entry()).toMatchObject({ status: 'success', tags: ['captured'] })
  expect(mock.getRequests()).toHaveLength(1)
})

/** As docs/capture-frameworks.md says it. */
test.each([
  [
    'the AI SDK',
    (headers: Record<string, string>) => {
      const provider = createOpenAI({ apiKey: 'sk-test', baseURL: proxied.url, headers })
      return generateText({ model: captured(provider.chat('gpt-4o'), options()), prompt: 'hello there' })
    },
  ],
  [
    'LangChain',
    (defaultHeaders: Record<string, string>) => {
      const configuration = { baseURL: proxied.url, defaultHeaders }
      const model = new ChatOpenAI({ model: 'gpt-4o', apiKey: 'sk-test', configuration })
      return model.invoke('hello there', { callbacks: [new LedgerCallbackHandler(options())] })
    },
  ],
])('%s behind the proxy is one entry where its model has the header, else two', async (_name, call) => {
  mock.onMessage('hello', { content: 'Hi, how are you?', usage })
  await call({ 'x-ledgerline-captured': proxied.test.projectId })
  expect(await proxied.test.entry()).toMatchObject({ status: 'success', tags: ['captured'] })
  await call({})
  expect(await proxied.test.entries()).toHaveLength(3)
})

test.each([
  ['a Request', (url: string, init: RequestInit) => [new Request(url, init), undefined] as const],
  ['a Request and an init', (url: string, init: RequestInit) => [new Request(url, init), {}] as const],
  [
    'no headers',
    (url: string, { method, body }: RequestInit) => [url, { method, body } as RequestInit] as const,
  ],
])('a captured fetch of %s behind the proxy is one entry, of the capture', async (_name, argsOf) => {
  mock.onMessage('hello', { content: 'Hi, how are you?', usage })
  const headers = { 'content-type': 'application/json', authorization: 'Bearer test' }
  const init = { method: 'POST', headers, body: JSON.stringify(ask) }
  const [input, more] = argsOf(`${proxied.url}/chat/completions`, init)
  await (await captureFetch(fetch, options())(input, more)).text()
  expect(await proxied.test.entry()).toMatchObject({ status: 'success', tags: ['captured'] })
  expect(mock.getRequests()).toHaveLength(1)
})

test('OpenAI chat completions, streamed', async () => {
  mock.onMessage('hello', { content: 'Hi, how are you?', usage })
  const stream = await openai().chat.completions.create({
    ...ask,
    stream: true,
    stream_options: { include_usage: true },
  })
  const text = (await all(stream)).map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')
  expect(text).toBe('Hi, how are you?')
  const entry = await proxied.test.entry()
  expect(entry).toMatchObject({ status: 'success', usage, usage_source: 'provider' })
  expect(entry.timings?.time_to_first_token_ms).toBeGreaterThanOrEqual(0)
  expect(await proxied.test.said()).toEqual(['user: hello there', 'assistant: Hi, how are you?'])
})

test('OpenAI responses and embeddings', async () => {
  mock.onMessage('hello', { content: 'Hi.', usage })
  mock.onEmbedding(/.*/, { embedding: [0.1, 0.2] })
  const client = openai()
  await client.responses.create({ model: 'gpt-4o', input: 'hello there' })
  await client.embeddings.create({ model: 'text-embedding-3-small', input: 'hello' })
  await client.models.list()
  const entries = await proxied.test.entries()
  expect(entries).toMatchObject([
    { status: 'success', model: 'gpt-4o', request_type: 'chat' },
    { status: 'success', model: 'text-embedding-3-small', request_type: 'embedding' },
  ])
})

test('Anthropic messages', async () => {
  mock.onMessage('hello', { content: 'Hi, how are you?', usage })
  const answer = await anthropic().messages.create(askClaude)
  expect(answer.content).toMatchObject([{ type: 'text', text: 'Hi, how are you?' }])
  expect(await proxied.test.entry()).toMatchObject({
    status: 'success',
    model: askClaude.model,
    response_id: answer.id,
    usage_source: 'provider',
  })
  expect(await proxied.test.said()).toEqual(['user: hello there', 'assistant: Hi, how are you?'])
})

test('Anthropic messages, streamed', async () => {
  mock.onMessage('hello', { content: 'Hi, how are you?', usage })
  const answer = await anthropic().messages.stream(askClaude).finalText()
  expect(answer).toBe('Hi, how are you?')
  const entry = await proxied.test.entry()
  expect(entry).toMatchObject({ status: 'success', usage_source: 'provider' })
  expect(entry.timings?.time_to_first_token_ms).toBeGreaterThanOrEqual(0)
  expect(await proxied.test.said()).toEqual(['user: hello there', 'assistant: Hi, how are you?'])
})

describe('bad days', () => {
  test('a retry of the SDK is a second request, and a second entry', async () => {
    mock.onMessage('hello', { content: 'Hi.', usage })
    mock.nextRequestError(500, { message: 'Oops' })
    await openai().chat.completions.create(ask)
    const entries = await proxied.test.entries()
    expect(mock.getRequests()).toHaveLength(2)
    expect(entries.map(({ status, attempt, http_status }) => [status, attempt, http_status])).toEqual([
      ['error', 1, 500],
      ['success', 2, 200],
    ])
  })

  test('the application aborts a stream', async () => {
    mock.onMessage('hello', { content: 'Hi, how are you? '.repeat(50) }, { latency: 5 })
    const stream = await openai().chat.completions.create({ ...ask, stream: true })
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) stream.controller.abort()
    // The abort reaches the proxy by the connection, some time after the SDK is done with it.
    let entry = await proxied.test.entry()
    while (entry.status === 'pending') entry = await proxied.test.entry()
    expect(entry).toMatchObject({ status: 'error', error: { code: 'aborted' } })
    expect(entry.usage?.completion_tokens).toBeGreaterThan(0)
  })

  test('20 calls at once, one entry each', async () => {
    mock.onMessage('hello', { content: 'Hi.', usage })
    const client = openai()
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        if (index % 2 === 0) return client.chat.completions.create(ask)
        return all(await client.chat.completions.create({ ...ask, stream: true }))
      }),
    )
    const entries = await proxied.test.entries()
    expect(entries).toHaveLength(mock.getRequests().length)
    expect(entries.map(({ status }) => status)).toEqual(Array(20).fill('success'))
  })
})
