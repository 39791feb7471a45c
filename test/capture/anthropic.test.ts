/** What captureAnthropic promises beyond the contract of all captures. */
import { Anthropic, type Middleware } from '@anthropic-ai/sdk'
import { LLMock } from '@copilotkit/aimock'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { captureAnthropic } from '../../src/capture/anthropic/index.js'
import { captureFetch } from '../../src/capture/fetch/index.js'
import { all } from './all.js'
import { sendJson, startRawProvider, startStream } from './raw-provider.js'
import { openTestLedger, type TestLedger } from './test-ledger.js'

const USAGE = { input_tokens: 20, output_tokens: 10 }
const ask = {
  model: 'claude-test',
  max_tokens: 100,
  messages: [{ role: 'user' as const, content: 'hello there' }],
}
const mock = new LLMock({ port: 0, logLevel: 'silent', chunkSize: 6 })
let ledger: TestLedger

beforeAll(async () => {
  await mock.start()
})
afterAll(async () => {
  await mock.stop()
})
beforeEach(async () => {
  mock.clearFixtures().clearRequests()
  ledger = await openTestLedger()
})
afterEach(async () => {
  await ledger[Symbol.asyncDispose]()
})

const plain = (change: ConstructorParameters<typeof Anthropic>[0] = {}): Anthropic =>
  new Anthropic({ apiKey: 'test', baseURL: mock.url, maxRetries: 0, logLevel: 'off', ...change })

const optionsOf = ({ ledger: open, projectId, chatId }: TestLedger) => ({ ledger: open, projectId, chatId })

const captured = (change: ConstructorParameters<typeof Anthropic>[0] = {}): Anthropic =>
  captureAnthropic(plain(change), optionsOf(ledger))

describe('what is called', () => {
  test('the stream helper', async () => {
    mock.onMessage('hello', { content: 'Hi, helper.', usage: USAGE })
    const message = await captured().messages.stream(ask).finalMessage()
    expect(message.content).toMatchObject([{ type: 'text', text: 'Hi, helper.' }])
    expect(await ledger.entry()).toMatchObject({ status: 'success', usage_source: 'provider' })
    expect(await ledger.said()).toEqual(['user: hello there', 'assistant: Hi, helper.'])
  })

  test.each([false, true])('beta messages, stream: %s', async (stream) => {
    mock.onMessage('hello', { content: 'Hi, beta.', usage: USAGE })
    const betas: Anthropic.Beta.AnthropicBeta[] = ['context-1m-2025-08-07']
    const answer = await captured().beta.messages.create({ ...ask, betas, stream })
    if (Symbol.asyncIterator in answer) await all(answer)
    expect(mock.getRequests()[0]?.headers['anthropic-beta']).toContain('context-1m')
    expect(await ledger.entry()).toMatchObject({ status: 'success', usage: { prompt_tokens: 20 } })
  })

  test.each([false, true])('thinking is counted and not said, stream: %s', async (stream) => {
    mock.onMessage('hello', { content: 'Hi.', reasoning: 'They greet me.', usage: USAGE })
    const thinking = { type: 'enabled', budget_tokens: 1024 } as const
    const answer = await captured().messages.create({ ...ask, thinking, stream })
    if (Symbol.asyncIterator in answer) await all(answer)
    const entry = await ledger.entry()
    expect(entry.params).toMatchObject({ thinking: 'enabled', thinking_budget_tokens: 1024 })
    expect(await ledger.said()).toEqual(['user: hello there', 'assistant: Hi.'])
  })

  test('other endpoints pass through', async () => {
    await using provider = await startRawProvider((_request, response) => {
      sendJson(response, { input_tokens: 3, data: [] })
    })
    const client = captured({ baseURL: new URL(provider.url).origin })
    const { max_tokens: _, ...counted } = ask
    expect((await client.messages.countTokens(counted)).input_tokens).toBe(3)
    await client.models.list()
    expect(provider.requests).toHaveLength(2)
    expect(await ledger.entries()).toEqual([])
  })

  test('an answer with its response', async () => {
    mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
    const { data, response } = await captured().messages.create(ask).withResponse()
    expect(data.content).toMatchObject([{ text: 'Hi.' }])
    expect([response.status, new URL(response.url).pathname]).toEqual([200, '/v1/messages'])
  })
})

describe('usage', () => {
  const start = {
    input_tokens: 10,
    cache_creation_input_tokens: 12,
    cache_read_input_tokens: 100,
    cache_creation: { ephemeral_5m_input_tokens: 5, ephemeral_1h_input_tokens: 7 },
    output_tokens: 1,
    service_tier: 'standard',
  }
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [] }
  const events = [
    { type: 'message_start', message: { ...message, stop_reason: null, usage: start } },
    { type: 'ping' },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'one two three' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 42 } },
    { type: 'message_stop' },
  ]
  const sent = (count: number): string =>
    events
      .slice(0, count)
      .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
      .join('')

  test('of a stream is that of its start with what its end says', async () => {
    await using provider = await startRawProvider((_request, response) => {
      startStream(response).end(sent(events.length))
    })
    const client = captured({ baseURL: new URL(provider.url).origin })
    const got = await all(await client.messages.create({ ...ask, stream: true }))
    expect(got.at(-1)).toEqual({ type: 'message_stop' })
    const entry = await ledger.entry()
    expect(entry).toMatchObject({ status: 'success', finish_reason: 'end_turn', usage_source: 'provider' })
    expect(entry.usage?.provider_usage).toEqual({ ...start, output_tokens: 42 })
    expect(entry.usage?.completion_tokens).toBe(42)
  })

  test('of a stream that breaks off keeps the input and counts what arrived', async () => {
    await using provider = await startRawProvider((_request, response) => {
      startStream(response).write(sent(4), () => response.destroy())
    })
    const client = captured({ baseURL: new URL(provider.url).origin })
    await expect(all(await client.messages.create({ ...ask, stream: true }))).rejects.toThrow()
    const { usage, usage_source } = await ledger.entry()
    expect(usage_source).toBe('heuristic')
    expect(usage?.completion_tokens).toBe(Math.ceil('one two three'.length / 4))
    expect(usage?.prompt_tokens).toBeGreaterThanOrEqual(10)
    expect(usage?.provider_usage).toEqual(start)
  })

  test('the application leaves once the answer is there: nothing broke off', async () => {
    await using provider = await startRawProvider((_request, response) => {
      startStream(response).write(sent(6))
    })
    const client = captured({ baseURL: new URL(provider.url).origin })
    for await (const event of await client.messages.create({ ...ask, stream: true })) {
      if (event.type === 'message_delta') break
    }
    expect(await ledger.entry()).toMatchObject({ status: 'success', usage_source: 'provider' })
  })
})

describe('the client', () => {
  test('is of the same type, and the given one stays as it was', async () => {
    mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
    const client = plain()
    const copy = captureAnthropic(client, optionsOf(ledger))
    expect(copy).toBeInstanceOf(Anthropic)
    expect([copy.baseURL, copy.apiKey, copy.middleware]).toEqual([client.baseURL, client.apiKey, []])
    await client.messages.create(ask)
    expect(await ledger.entries()).toEqual([])
  })

  test('derived from a captured one is captured too, once', async () => {
    mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
    await captured().withOptions({ timeout: 5000 }).messages.create(ask)
    expect(await ledger.entry()).toMatchObject({ status: 'success' })
  })

  test("keeps the application's middleware, of the client and of the request", async () => {
    mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
    const seen: string[] = []
    const noting = (name: string): Middleware => {
      return async (request, next) => {
        seen.push(name)
        request.headers.set('x-seen', name)
        return next(request)
      }
    }
    const client = captured({ middleware: [noting('client')] })
    await client.messages.create(ask, { middleware: [noting('request')] })
    expect(seen).toEqual(['client', 'request'])
    expect(mock.getRequests()[0]?.headers['x-seen']).toBe('request')
    expect(await ledger.entry()).toMatchObject({ status: 'success' })
  })

  test('above a captured fetch is the one that logs', async () => {
    mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
    const client = captured({ fetch: captureFetch(fetch, optionsOf(ledger)) })
    await client.messages.create(ask)
    await all(await client.messages.create({ ...ask, stream: true }))
    expect(await ledger.entries()).toHaveLength(2)
    expect(mock.getRequests()).toHaveLength(2)
  })

  test('of an SDK without middleware is captured through its fetch', async () => {
    mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
    const client = plain()
    // No such version is installed; what differs to us is only that this field is missing.
    Object.defineProperty(client, 'middleware', { value: undefined })
    const older = captureAnthropic(client, optionsOf(ledger))
    await older.withOptions({ middleware: [] }).messages.create(ask)
    expect(await ledger.entry()).toMatchObject({ status: 'success', usage: { prompt_tokens: 20 } })
  })
})
