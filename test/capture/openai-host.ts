/** Cases: what the application must not notice, and what it may set. */
import { describe, expect, test } from 'vitest'
import { captureOpenAI } from '../../src/capture/openai/index.js'
import { all } from './all.js'
import type { Setup } from './openai-contract.js'
import { sendJson, startRawProvider } from './raw-provider.js'

const ask = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'hello there' }] }
const usage = { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 }

export function host(setup: Setup): void {
  describe('the client', () => {
    test('is of the same type, and the given one stays as it was', async () => {
      setup.mock.onMessage('hello', { content: 'Hi.', usage })
      const client = setup.client()
      const { ledger, projectId, chatId } = setup.test
      const captured = captureOpenAI(client, { ledger, projectId, chatId })
      expect(captured).toBeInstanceOf(setup.sdk.OpenAI)
      expect([captured.baseURL, captured.apiKey]).toEqual([client.baseURL, client.apiKey])
      await client.chat.completions.create(ask)
      expect(await setup.test.entries()).toEqual([])
    })

    test('derived from a captured one is captured too, once', async () => {
      setup.mock.onMessage('hello', { content: 'Hi.', usage })
      await setup.captured().withOptions({ timeout: 5000 }).chat.completions.create(ask)
      expect(await setup.test.entry()).toMatchObject({ status: 'success', provider: 'openai' })
    })

    test('captured twice is one entry, of the outer capture', async () => {
      setup.mock.onMessage('hello', { content: 'Hi.', usage })
      const { ledger, projectId } = setup.test
      const twice = captureOpenAI(setup.captured(), {
        ledger,
        projectId,
        chatId: 'other',
        provider: 'second',
      })
      await all(await twice.chat.completions.create({ ...ask, stream: true }))
      const entries = await setup.test.entries()
      expect(entries.map((entry) => [entry.provider, entry.usage?.total_tokens])).toEqual([['second', 30]])
    })

    test('may be of Azure', async () => {
      const answer = { id: 'c1', model: 'gpt-4o', choices: [{ message: { content: 'Hi.' } }], usage }
      await using provider = await startRawProvider((_request, response) => sendJson(response, answer))
      const { ledger, projectId, chatId } = setup.test
      const endpoint = new URL(provider.url).origin
      const client = new setup.sdk.AzureOpenAI({ endpoint, apiKey: 'k', apiVersion: '2024-10-21' })
      const captured = captureOpenAI(client, { ledger, projectId, chatId })
      expect(captured).toBeInstanceOf(setup.sdk.AzureOpenAI)
      await captured.chat.completions.create({ ...ask, model: 'my-deployment' })
      expect(provider.requests[0]?.path).toBe(
        '/openai/deployments/my-deployment/chat/completions?api-version=2024-10-21',
      )
      expect(await setup.test.entry()).toMatchObject({ model: 'my-deployment', usage })
    })

    test('keeps a fetch of its own', async () => {
      setup.mock.onMessage('hello', { content: 'Hi.', usage })
      let calls = 0
      const client = setup.captured({
        fetch: (url: string | URL | Request, init?: RequestInit) => {
          calls += 1
          return fetch(url, init)
        },
      })
      await client.chat.completions.create(ask)
      expect(calls).toBe(1)
      expect(await setup.test.entry()).toMatchObject({ status: 'success' })
    })

    test('passes other endpoints through', async () => {
      const client = setup.captured()
      await client.models.list()
      await client.moderations.create({ input: 'hello' })
      expect(await setup.test.entries()).toEqual([])
    })

    test('answers withResponse', async () => {
      setup.mock.onMessage('hello', { content: 'Hi.', usage })
      const { data, response, request_id } = await setup
        .captured()
        .chat.completions.create(ask)
        .withResponse()
      expect(data.choices[0]?.message.content).toBe('Hi.')
      expect([response.status, response.headers.get('x-request-id')]).toEqual([200, request_id])
    })
  })

  test('who, where and why are taken from the options, or found for each request', async () => {
    setup.mock.onMessage('hello', { content: 'Hi.', usage })
    const { ledger, projectId } = setup.test
    const client = captureOpenAI(setup.client(), {
      ledger,
      projectId,
      chatId: ({ endpoint, body }) => `${endpoint}-${String(body.model)}`,
      userId: 'u1',
      sessionId: () => 's1',
      tags: ['a', 'b'],
      environment: 'test',
      metadata: { feature: 'greeting' },
      messages: false,
    })
    await client.chat.completions.create(ask)
    expect(await setup.test.entry()).toMatchObject({
      chat_id: 'chat.completions-gpt-4o',
      provider: '127.0.0.1',
      user_id: 'u1',
      session_id: 's1',
      tags: ['a', 'b'],
      environment: 'test',
      metadata: { feature: 'greeting' },
      messages_included: [],
    })
    expect(await ledger.readChat(projectId, 'chat.completions-gpt-4o')).toEqual([])
  })

  describe('the ledger fails and the application gets its answer', () => {
    const refuse = (): never => {
      throw new Error('the ledger is broken')
    }
    const reject = async (): Promise<never> => refuse()
    const never = (): Promise<never> => new Promise(() => {})
    const broken = {
      'throws at once': {
        logLLMRequest: refuse,
        appendMessage: refuse,
        appendMessages: refuse,
        logError: refuse,
        defer: refuse,
      },
      rejects: {
        logLLMRequest: reject,
        appendMessage: reject,
        appendMessages: reject,
        logError: reject,
        defer: () => {},
      },
      'never answers': {
        logLLMRequest: never,
        appendMessage: never,
        appendMessages: never,
        logError: never,
        defer: () => {},
      },
    }

    test.each(Object.entries(broken))('it %s', async (_name, ledger) => {
      setup.mock.onMessage('hello', { content: 'Hi.', usage })
      const client = captureOpenAI(setup.client(), { ledger, projectId: 'p', chatId: 'c' })
      expect((await client.chat.completions.create(ask)).choices[0]?.message.content).toBe('Hi.')
      expect(await all(await client.chat.completions.create({ ...ask, stream: true }))).not.toHaveLength(0)
    })

    test('it is closed', async () => {
      setup.mock.onMessage('hello', { content: 'Hi.', usage })
      const client = setup.captured()
      await setup.test.ledger.close()
      expect((await client.chat.completions.create(ask)).choices[0]?.message.content).toBe('Hi.')
      await setup.test.ledger.flush()
    })

    test('it is closed while the answer is under way', async () => {
      setup.mock.onMessage('hello', { content: 'Hi, how are you?', usage }, { latency: 5 })
      const stream = await setup.captured().chat.completions.create({ ...ask, stream: true })
      await setup.test.ledger.close()
      expect((await all(stream)).length).toBeGreaterThan(2)
      await setup.test.ledger.flush()
    })

    test.each([
      ['the project is unknown', { projectId: 'nobody', chatId: 'c' }],
      ['the chat id is no id', { projectId: 'p', chatId: '../x' }],
      ['the function that finds the chat throws', { projectId: 'p', chatId: refuse }],
    ])('%s', async (_name, ids) => {
      setup.mock.onMessage('hello', { content: 'Hi.', usage })
      const client = captureOpenAI(setup.client(), { ledger: setup.test.ledger, ...ids })
      expect((await client.chat.completions.create(ask)).choices[0]?.message.content).toBe('Hi.')
      expect(await setup.test.entries()).toEqual([])
    })
  })

  test('closing after the answer loses nothing', async () => {
    setup.mock.onMessage('hello', { content: 'Hi.', usage })
    await setup.captured().chat.completions.create(ask)
    const entries = await setup.test.closed()
    expect(entries.map(({ status }) => status)).toEqual(['success'])
    const { dropped, rejected } = setup.test.ledger.integrity()
    expect([dropped, rejected]).toEqual([0, 0])
  })
}
