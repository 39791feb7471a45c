/** Calls of the AI SDK that fail, and streams that break off on either side. */
import { generateText, streamText } from 'ai'
import { describe, expect, test, vi } from 'vitest'
import type { FrameworkOptions } from '../../src/capture/frameworks/options.js'
import { captured, chatModel } from './ai-sdk-models.js'
import { setUp, USAGE } from './framework-setup.js'
import { chatChunks, sendJson, sse, startRawProvider, startStream } from './raw-provider.js'

const setup = setUp()
const prompt = 'hello there'
const chat = (url = `${setup.mock.url}/v1`, more: Partial<FrameworkOptions> = {}) =>
  captured(chatModel(url), { ...setup.options, ...more })
const plain = { id: 'c1', created: 1, model: 'gpt-4o', object: 'chat.completion', usage: USAGE }
const answer = {
  ...plain,
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
}
/** The SDK's default reports errors of streams on the console. */
const onError = (): void => {}

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
    await expect(generateText({ model: chat(), prompt, maxRetries: 0 })).rejects.toMatchObject({
      statusCode: Number(status),
    })
    expect(await setup.test.entry()).toMatchObject({
      status: 'error',
      http_status: Number(status),
      attempt: 1,
      error: { code, message: response.error.message },
      usage_source: 'none',
    })
    expect(await setup.test.said()).toEqual(['user: hello there'])
  })

  test.each([
    ['is limited', { rateLimitRate: 1 }, { http_status: 429 }],
    ['fails', { dropRate: 1 }, { http_status: 500 }],
    ['answers no JSON', { malformedRate: 1 }, { http_status: 200, error: { code: 'invalid_response' } }],
    ['drops the connection', { disconnectRate: 1 }, { usage_source: 'none' }],
  ])('it %s', async (_name, chaos, expected) => {
    setup.mock.onMessage('hello', { content: 'Hi.' }, { chaos })
    await expect(generateText({ model: chat(), prompt, maxRetries: 0 })).rejects.toThrow()
    const entry = await setup.test.entry()
    expect(entry).toMatchObject({ status: 'error', ...expected })
    expect(setup.mock.getRequests()).toHaveLength(1)
  })

  test('an error page that is no JSON', async () => {
    await using provider = await startRawProvider((_request, response) => {
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>')
    })
    await expect(generateText({ model: chat(provider.url), prompt, maxRetries: 0 })).rejects.toThrow()
    expect(await setup.test.entry()).toMatchObject({ http_status: 502, error: { code: 'http_502' } })
  })

  test('a stream', async () => {
    setup.mock.onMessage('hello', { error: { message: 'Oops' }, status: 503 })
    await streamText({ model: chat(), prompt, maxRetries: 0, onError }).consumeStream()
    expect(await setup.test.entry()).toMatchObject({ status: 'error', http_status: 503 })
  })

  test('nobody listens', async () => {
    const model = chat('http://127.0.0.1:1/v1')
    await expect(generateText({ model, prompt, maxRetries: 0 })).rejects.toThrow('Cannot connect')
    const entry = await setup.test.entry()
    expect(entry).toMatchObject({ status: 'error', attempt: 1, usage_source: 'none' })
    expect(entry.error?.code).toBe('connection_error')
  })
})

describe('the SDK retries', () => {
  /** Refuses the first requests, at once to be tried again. */
  const refusing = (times: number) => {
    let refused = 0
    return startRawProvider((request, response) => {
      if (refused++ < times) {
        response.writeHead(500, { 'content-type': 'application/json', 'retry-after-ms': '1' })
        response.end(JSON.stringify({ error: { message: 'Oops', type: 'server_error' } }))
      } else if (request.body.stream === true) startStream(response).end(sse(chatChunks(request, ['Hi.'])))
      else sendJson(response, answer)
    })
  }

  test.each([false, true])(
    'a success after failures is one entry that tells of them, stream: %s',
    async (stream) => {
      await using provider = await refusing(2)
      const ask = { model: chat(provider.url), prompt }
      if (stream) await streamText(ask).consumeStream()
      else await generateText(ask)
      const entry = await setup.test.entry()
      expect(entry).toMatchObject({ status: 'success', attempt: 3, usage_source: 'provider' })
      expect(entry.error ?? null).toBeNull()
      expect(entry.failed_attempts).toMatchObject([{ http_status: 500 }, { http_status: 500 }])
      const { latency_ms = 0, total_duration_ms = 0 } = entry.timings ?? {}
      expect(total_duration_ms).toBeGreaterThan(latency_ms)
      expect(provider.requests).toHaveLength(3)
      expect(await setup.test.said()).toEqual(['user: hello there', 'assistant: Hi.'])
    },
  )

  test('counters and stats count it once, as a success', async () => {
    await using provider = await refusing(1)
    await generateText({ model: chat(provider.url), prompt })
    await setup.test.ledger.flush()
    const once = { totalRequests: 1, successfulRequests: 1, failedRequests: 0 }
    expect(setup.test.ledger.getCachedStats({ type: 'global' })).toMatchObject(once)
    const { summary } = await setup.test.ledger.getStats({ type: 'global' })
    expect(summary).toMatchObject({ ...once, pendingRequests: 0 })
  })

  test('giving up is one failed entry', async () => {
    await using provider = await refusing(9)
    await expect(generateText({ model: chat(provider.url), prompt, maxRetries: 1 })).rejects.toThrow('Oops')
    const entry = await setup.test.entry()
    expect(entry).toMatchObject({ status: 'error', http_status: 500, attempt: 2 })
    expect(entry.failed_attempts).toHaveLength(1)
    expect(provider.requests).toHaveLength(2)
  })

  test('the same prompt later is another call', async () => {
    await using provider = await refusing(1)
    const model = chat(provider.url)
    const params = {
      prompt: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'hello' }] }],
    }
    await expect(model.doGenerate(params)).rejects.toThrow('Oops')
    await model.doGenerate(params)
    await model.doGenerate(params)
    const entries = await setup.test.entries()
    expect(entries.map(({ attempt }) => attempt)).toEqual([2, 1])
  })
})

describe('the application gives up', () => {
  test('before anything came', async () => {
    const abort = new AbortController()
    await using provider = await startRawProvider(() => abort.abort())
    const call = generateText({ model: chat(provider.url), prompt, abortSignal: abort.signal })
    await expect(call).rejects.toThrow('aborted')
    expect(await setup.test.entry()).toMatchObject({
      status: 'error',
      error: { code: 'aborted' },
      attempt: 1,
    })
    expect(provider.requests).toHaveLength(1)
  })

  test('before the call: no request, no entry', async () => {
    const call = generateText({ model: chat(), prompt, abortSignal: AbortSignal.abort() })
    await expect(call).rejects.toThrow('aborted')
    expect(await setup.test.entries()).toEqual([])
    expect(setup.mock.getRequests()).toHaveLength(0)
  })

  test('after its time limit', async () => {
    await using provider = await startRawProvider(() => {})
    const call = generateText({ model: chat(provider.url), prompt, timeout: 1000 })
    await expect(call).rejects.toThrow('timeout')
    expect(await setup.test.entry()).toMatchObject({
      status: 'timeout',
      error: { code: 'timeout' },
      usage_source: 'none',
    })
  })
})

describe('streams that break off are logged with what arrived', () => {
  /** Sends two words and then nothing. */
  const stalling = () =>
    startRawProvider((request, response) => {
      const chunks = chatChunks(request, ['one two', ' three']).slice(0, 3)
      startStream(response).write(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join(''))
    })

  const expectPartial = async (code: string, status = 'error'): Promise<void> => {
    const entry = await setup.test.entry()
    expect(entry).toMatchObject({ status, error: { code }, usage_source: 'heuristic' })
    expect(entry.usage?.completion_tokens).toBe(Math.ceil('one two three'.length / 4))
    expect(entry.timings?.time_to_first_token_ms).toBeGreaterThanOrEqual(0)
    const messages = await setup.test.ledger.readChat(setup.test.projectId, setup.test.chatId)
    expect(messages.at(-1)).toMatchObject({
      content: 'one two three',
      status: 'error',
      include_in_context: false,
    })
  }

  test('the application aborts while it waits', async () => {
    await using provider = await stalling()
    const abort = new AbortController()
    const { textStream } = streamText({ model: chat(provider.url), prompt, abortSignal: abort.signal })
    for await (const text of textStream) if (text === ' three') abort.abort()
    await expectPartial('aborted')
  })

  test('the time limit of a chunk', async () => {
    await using provider = await stalling()
    const stream = streamText({ model: chat(provider.url), prompt, timeout: { chunkMs: 1500 }, onError })
    await stream.consumeStream()
    await expectPartial('timeout', 'timeout')
  })

  test('the application leaves the loop, which the SDK tells to nobody', async () => {
    await using provider = await stalling()
    const { textStream } = streamText({ model: chat(provider.url, { idleMs: 1500 }), prompt })
    for await (const text of textStream) if (text === ' three') break
    await vi.waitFor(async () => expect(await setup.test.entry()).toMatchObject({ status: 'error' }), {
      timeout: 20_000,
      interval: 100,
    })
    await expectPartial('aborted')
  })

  test('the reader of the model cancels', async () => {
    await using provider = await stalling()
    const { stream } = await chat(provider.url).doStream({
      prompt: [{ role: 'user', content: [{ type: 'text', text: prompt }] }],
    })
    for await (const part of stream) if (part.type === 'text-delta' && part.delta === ' three') break
    await expectPartial('aborted')
  })

  test('the connection breaks', async () => {
    const content = 'one two three four five six seven'
    setup.mock.onMessage('hello', { content }, { truncateAfterChunks: 3, latency: 5 })
    const read: string[] = []
    const reading = (async () => {
      for await (const text of streamText({ model: chat(), prompt, onError }).textStream) read.push(text)
    })()
    await expect(reading).rejects.toThrow()
    const entry = await setup.test.entry()
    expect(entry).toMatchObject({
      status: 'error',
      error: { code: 'stream_interrupted' },
      usage_source: 'heuristic',
    })
    expect(entry.usage?.completion_tokens).toBe(Math.ceil(read.join('').length / 4))
    expect(setup.mock.getRequests()).toHaveLength(1)
  })

  test('the provider ends without an end', async () => {
    await using provider = await startRawProvider((request, response) => {
      const chunks = chatChunks(request, ['one two', ' three']).slice(0, 3)
      startStream(response).end(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join(''))
    })
    await streamText({ model: chat(provider.url), prompt }).consumeStream()
    await expectPartial('stream_interrupted')
  })

  test('an error in the stream', async () => {
    await using provider = await startRawProvider((request, response) => {
      const chunks = chatChunks(request, ['one two', ' three']).slice(0, 3)
      startStream(response).end(sse([...chunks, { error: { message: 'Out of memory', code: 'oom' } }]))
    })
    await streamText({ model: chat(provider.url), prompt, onError }).consumeStream()
    await expectPartial('oom')
  })

  test('an event that is no JSON', async () => {
    await using provider = await startRawProvider((request, response) => {
      const chunks = chatChunks(request, ['one two', ' three']).slice(0, 3)
      const events = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')
      startStream(response).end(`${events}data: {"id":\n\n`)
    })
    await streamText({ model: chat(provider.url), prompt, onError }).consumeStream()
    await expectPartial('invalid_response')
  })
})
