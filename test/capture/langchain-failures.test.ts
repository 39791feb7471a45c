/** Calls of LangChain that fail, and streams that break off on either side. */
import { describe, expect, test, vi } from 'vitest'
import { LedgerCallbackHandler } from '../../src/capture/langchain/index.js'
import { all } from './all.js'
import { setUp, USAGE } from './framework-setup.js'
import { chatModel, handlerOf } from './langchain-models.js'
import { chatChunks, sendJson, sse, startRawProvider, startStream } from './raw-provider.js'

const setup = setUp()
const chat = (url = `${setup.mock.url}/v1`, fields: Parameters<typeof chatModel>[1] = {}) =>
  chatModel(url, { callbacks: [handlerOf(setup)], ...fields })

/** LangChain may tell the application before it tells its handlers. */
const settled = (expected: object): Promise<void> =>
  vi.waitFor(async () => expect(await setup.test.entry()).toMatchObject(expected), {
    timeout: 20_000,
    interval: 50,
  })

describe('the provider refuses', () => {
  test.each([
    ['401', { error: { message: 'Bad key', code: 'invalid_api_key' }, status: 401 }, 'invalid_api_key'],
    [
      '429',
      { error: { message: 'Slow down', code: 'rate_limit_exceeded' }, status: 429 },
      'rate_limit_exceeded',
    ],
    ['500', { error: { message: 'Oops', type: 'server_error' }, status: 500 }, 'server_error'],
  ])('%s', async (status, response, code) => {
    setup.mock.onMessage('hello', response)
    await expect(chat().invoke('hello')).rejects.toMatchObject({ status: Number(status) })
    expect(await setup.test.entry()).toMatchObject({
      status: 'error',
      http_status: Number(status),
      error: { code, message: response.error.message },
      usage_source: 'none',
    })
    expect(await setup.test.said()).toEqual(['user: hello'])
  })

  test.each([
    ['is limited', { rateLimitRate: 1 }, { http_status: 429 }],
    ['fails', { dropRate: 1 }, { http_status: 500 }],
    ['answers no JSON', { malformedRate: 1 }, { error: { code: 'invalid_response' } }],
    ['drops the connection', { disconnectRate: 1 }, { usage_source: 'none' }],
  ])('it %s', async (_name, chaos, expected) => {
    setup.mock.onMessage('hello', { content: 'Hi.' }, { chaos })
    await expect(chat().invoke('hello')).rejects.toThrow()
    expect(await setup.test.entry()).toMatchObject({ status: 'error', ...expected })
    expect(setup.mock.getRequests()).toHaveLength(1)
  })

  test('a stream', async () => {
    setup.mock.onMessage('hello', { error: { message: 'Oops' }, status: 503 })
    await expect(chat().stream('hello')).rejects.toMatchObject({ status: 503 })
    expect(await setup.test.entry()).toMatchObject({ status: 'error', http_status: 503 })
  })

  test('one of several prompts', async () => {
    setup.mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
    setup.mock.onMessage('bad', { error: { message: 'Oops' }, status: 500 })
    const model = chat()
    const answers = await model.batch(['hello', 'bad'], {}, { returnExceptions: true })
    expect(answers).toHaveLength(2)
    const statuses = (await setup.test.entries()).map(({ status }) => status)
    expect(statuses.sort()).toEqual(['error', 'success'])
  })
})

describe('LangChain retries', () => {
  const refusing = (times: number) => {
    let refused = 0
    return startRawProvider((_request, response) => {
      if (refused++ < times) sendJson(response, { error: { message: 'Oops' } }, 500)
      else {
        const choices = [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }]
        sendJson(response, { id: 'c1', model: 'gpt-4o', object: 'chat.completion', choices, usage: USAGE })
      }
    })
  }

  test('a success after a failure is one entry', async () => {
    await using provider = await refusing(1)
    await chat(provider.url, { maxRetries: 1 }).invoke('hello')
    expect(await setup.test.entry()).toMatchObject({ status: 'success', usage: USAGE })
    expect(provider.requests).toHaveLength(2)
  })

  test('giving up is one failed entry', async () => {
    await using provider = await refusing(9)
    await expect(chat(provider.url, { maxRetries: 1 }).invoke('hello')).rejects.toThrow('Oops')
    expect(await setup.test.entry()).toMatchObject({ status: 'error', http_status: 500 })
    expect(provider.requests).toHaveLength(2)
  })
})

describe('the application gives up', () => {
  test('before anything came', async () => {
    const abort = new AbortController()
    await using provider = await startRawProvider(() => abort.abort())
    await expect(chat(provider.url).invoke('hello', { signal: abort.signal })).rejects.toThrow(/abort/i)
    await settled({ status: 'error', error: { code: 'aborted' } })
  })

  test.each([
    ["the call's time limit", {}, { timeout: 1000 }],
    ["the model's time limit", { timeout: 1000 }, {}],
  ])('after %s', async (_name, fields, config) => {
    await using provider = await startRawProvider(() => {})
    await expect(chat(provider.url, fields).invoke('hello', config)).rejects.toThrow(/timed out|abort/)
    await settled({ status: 'timeout', error: { code: 'timeout' }, usage_source: 'none' })
  })
})

describe('streams that break off are logged with what arrived', () => {
  const ask = 'hello there'
  /** Sends two words and one more word, and then nothing. */
  const stalling = () =>
    startRawProvider((request, response) => {
      const chunks = chatChunks(request, ['one two', ' three', ' four']).slice(0, 4)
      startStream(response).write(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join(''))
    })

  /** LangChain tells of a chunk when the next one is asked for, so the last one may be missing. */
  const expectPartial = async (code: string, status = 'error'): Promise<void> => {
    await settled({ status })
    const entry = await setup.test.entry()
    expect(entry).toMatchObject({ error: { code }, usage_source: 'heuristic' })
    expect(entry.usage?.completion_tokens).toBeGreaterThanOrEqual(Math.ceil('one two'.length / 4))
    expect(entry.timings?.time_to_first_token_ms).toBeGreaterThanOrEqual(0)
    const messages = await setup.test.ledger.readChat(setup.test.projectId, setup.test.chatId)
    expect(messages.at(-1)).toMatchObject({ status: 'error', include_in_context: false })
    expect(messages.at(-1)?.content).toMatch(/^one two/)
  }

  test('the application aborts while it waits', async () => {
    await using provider = await stalling()
    const abort = new AbortController()
    const reading = (async () => {
      const stream = await chat(provider.url).stream(ask, { signal: abort.signal })
      for await (const chunk of stream) if (chunk.text === ' three') setTimeout(() => abort.abort(), 20)
    })()
    await expect(reading).rejects.toThrow()
    await expectPartial('aborted')
  })

  test('the application leaves the loop, which LangChain tells to nobody', async () => {
    await using provider = await stalling()
    const handler = new LedgerCallbackHandler({ ...setup.options, idleMs: 1500 })
    const stream = await chat(provider.url, { callbacks: [handler] }).stream(ask)
    for await (const chunk of stream) if (chunk.text === ' four') break
    await expectPartial('aborted')
  })

  test('the connection breaks', async () => {
    const content = 'one two three four five six seven'
    setup.mock.onMessage('hello', { content }, { truncateAfterChunks: 4, latency: 5 })
    await expect(chat().stream(ask).then(all)).rejects.toThrow()
    await expectPartial('stream_interrupted')
    expect(setup.mock.getRequests()).toHaveLength(1)
  })

  test('the provider ends without an end, which LangChain takes for one', async () => {
    await using provider = await startRawProvider((request, response) => {
      const chunks = chatChunks(request, ['one two', ' three']).slice(0, 3)
      startStream(response).end(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join(''))
    })
    await all(await chat(provider.url).stream(ask))
    await expectPartial('stream_interrupted')
  })

  test('an error in the stream', async () => {
    await using provider = await startRawProvider((request, response) => {
      const chunks = chatChunks(request, ['one two', ' three']).slice(0, 3)
      startStream(response).end(sse([...chunks, { error: { message: 'Out of memory', code: 'oom' } }]))
    })
    await expect(chat(provider.url).stream(ask).then(all)).rejects.toThrow('Out of memory')
    await expectPartial('oom')
  })
})
