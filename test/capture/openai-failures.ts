/** Cases: calls that fail. The application gets the SDK's own error, the ledger one entry. */
import { describe, expect, test } from 'vitest'
import type { Setup } from './openai-contract.js'
import { sendJson, startRawProvider } from './raw-provider.js'

const ask = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'hello there' }] }
const usage = { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 }

export function failures(setup: Setup): void {
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
      const call = setup.captured().chat.completions.create(ask)
      await expect(call).rejects.toMatchObject({ status: Number(status) })
      const entry = await setup.test.entry()
      expect(entry).toMatchObject({
        status: 'error',
        http_status: Number(status),
        attempt: 1,
        error: { code, message: response.error.message },
        usage_source: 'none',
      })
      expect(entry.usage).toBeUndefined()
      expect(await setup.test.said()).toEqual(['user: hello there'])
    })

    test('a stream', async () => {
      setup.mock.onMessage('hello', { error: { message: 'Oops' }, status: 503 })
      const call = setup.captured().chat.completions.create({ ...ask, stream: true })
      await expect(call).rejects.toMatchObject({ status: 503 })
      expect(await setup.test.entry()).toMatchObject({ status: 'error', http_status: 503 })
    })

    test('an error page that is no JSON', async () => {
      await using provider = await startRawProvider((_request, response) => {
        response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>')
      })
      const client = setup.captured({ baseURL: provider.url })
      await expect(client.chat.completions.create(ask)).rejects.toMatchObject({ status: 502 })
      expect(await setup.test.entry()).toMatchObject({ http_status: 502, error: { code: 'http_502' } })
    })
  })

  describe('the SDK retries', () => {
    test('a success after failures is one entry that tells of them', async () => {
      setup.mock.onMessage('hello', { content: 'Hi.', usage })
      setup.mock.nextRequestError(500, { message: 'Oops' })
      await setup.captured({ maxRetries: 2 }).chat.completions.create(ask)
      const entry = await setup.test.entry()
      expect(entry).toMatchObject({ status: 'success', http_status: 200, attempt: 2, usage })
      expect(entry.failed_attempts).toMatchObject([{ http_status: 500 }])
      const { latency_ms = 0, total_duration_ms = 0 } = entry.timings ?? {}
      expect(total_duration_ms).toBeGreaterThan(latency_ms)
      expect(setup.mock.getRequests()).toHaveLength(2)
    })

    test('a stream that begins at the second attempt', async () => {
      setup.mock.onMessage('hello', { content: 'Hi.', usage })
      setup.mock.nextRequestError(500, { message: 'Oops' })
      const stream = await setup.captured({ maxRetries: 1 }).chat.completions.create({ ...ask, stream: true })
      for await (const _ of stream);
      expect(await setup.test.entry()).toMatchObject({ status: 'success', attempt: 2, usage })
    })

    test('giving up is one failed entry', async () => {
      setup.mock.onMessage('hello', { error: { message: 'Oops' }, status: 500 })
      await expect(setup.captured({ maxRetries: 1 }).chat.completions.create(ask)).rejects.toThrow('Oops')
      const entry = await setup.test.entry()
      expect(entry).toMatchObject({ status: 'error', http_status: 500, attempt: 2 })
      expect(entry.failed_attempts).toHaveLength(1)
      expect(setup.mock.getRequests()).toHaveLength(2)
    })

    test('a connection that breaks is tried again', async () => {
      let attempts = 0
      await using provider = await startRawProvider((_request, response) => {
        attempts += 1
        if (attempts === 1) response.destroy()
        else sendJson(response, { id: 'c1', model: 'm', choices: [{ message: { content: 'Hi.' } }], usage })
      })
      await setup.captured({ baseURL: provider.url, maxRetries: 1 }).chat.completions.create(ask)
      expect(await setup.test.entry()).toMatchObject({ status: 'success', attempt: 2, usage })
    })
  })

  test('nobody listens', async () => {
    const client = setup.captured({ baseURL: 'http://127.0.0.1:1/v1' })
    await expect(client.chat.completions.create(ask)).rejects.toThrow('Connection error')
    const entry = await setup.test.entry()
    expect(entry).toMatchObject({ status: 'error', attempt: 1, usage_source: 'none' })
    expect(entry.error?.message).toContain('Connection error')
    expect(entry.http_status).toBeUndefined()
  })

  test.each([0, 1])("the SDK's timeout, retries: %i", async (maxRetries) => {
    await using provider = await startRawProvider(() => {})
    const client = setup.captured({ baseURL: provider.url, timeout: 60, maxRetries })
    await expect(client.chat.completions.create(ask)).rejects.toThrow('timed out')
    expect(await setup.test.entry()).toMatchObject({
      status: 'timeout',
      attempt: maxRetries + 1,
      error: { code: 'timeout' },
      usage_source: 'none',
    })
    expect(provider.requests).toHaveLength(maxRetries + 1)
  })

  test('the application aborts before anything came', async () => {
    const abort = new AbortController()
    await using provider = await startRawProvider(() => abort.abort())
    const client = setup.captured({ baseURL: provider.url, maxRetries: 2 })
    await expect(client.chat.completions.create(ask, { signal: abort.signal })).rejects.toThrow('aborted')
    expect(await setup.test.entry()).toMatchObject({
      status: 'error',
      attempt: 1,
      error: { code: 'aborted' },
    })
    expect(provider.requests).toHaveLength(1)
  })

  test('a signal that was raised before the call: no request, no entry', async () => {
    const call = setup.captured().chat.completions.create(ask, { signal: AbortSignal.abort() })
    await expect(call).rejects.toThrow('aborted')
    expect(await setup.test.entries()).toEqual([])
    expect(setup.mock.getRequests()).toHaveLength(0)
  })

  test('an answer that is no JSON', async () => {
    setup.mock.onMessage('hello', { content: 'Hi.' }, { chaos: { malformedRate: 1 } })
    await expect(setup.captured().chat.completions.create(ask)).rejects.toThrow(SyntaxError)
    expect(await setup.test.entry()).toMatchObject({
      status: 'error',
      http_status: 200,
      error: { code: 'invalid_response' },
      usage_source: 'none',
    })
  })

  test('an answer that breaks off', async () => {
    await using provider = await startRawProvider((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
      response.write('{"id":"c1",', () => response.destroy())
    })
    await expect(setup.captured({ baseURL: provider.url }).chat.completions.create(ask)).rejects.toThrow()
    expect(await setup.test.entry()).toMatchObject({
      status: 'error',
      http_status: 200,
      error: { code: 'stream_interrupted' },
      usage_source: 'tokenizer',
    })
  })

  test('a connection that the provider drops before answering', async () => {
    setup.mock.onMessage('hello', { content: 'Hi.' }, { chaos: { disconnectRate: 1 } })
    await expect(setup.captured().chat.completions.create(ask)).rejects.toThrow('Connection error')
    expect(await setup.test.entry()).toMatchObject({ status: 'error', attempt: 1, usage_source: 'none' })
  })
}
