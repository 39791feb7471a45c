/** Cases: calls that fail, and streams that break off. The application gets what it would get without a capture. */
import { describe, expect, test } from 'vitest'
import type { LoggedEntry } from '../../../src/entry/entry.js'
import { startRawProvider, startStream } from '../raw-provider.js'
import { COUNTED_HERE, type ContractSetup, USAGE } from './contract.js'

const text = 'hello there'
const words = ['one two', ' three']

export function badDays(setup: ContractSetup): void {
  const { capture } = setup

  /** Every request that the provider counted is an attempt of some entry. */
  const expectCounted = (entries: readonly LoggedEntry[]): void => {
    const attempts = entries.map((entry) => (capture.entryPer === 'call' ? (entry.attempt ?? 0) : 1))
    expect(attempts.reduce((sum, count) => sum + count, 0)).toBe(setup.mock.getRequests().length)
  }

  describe('the provider refuses', () => {
    test.each([
      ['401', 'authentication_error', 'Bad key'],
      ['429', 'rate_limit_error', 'Slow down'],
      ['500', 'api_error', 'Oops'],
      ['529', 'overloaded_error', 'Overloaded'],
    ])('%s', async (status, type, message) => {
      for (const stream of [false, true]) {
        setup.mock.clearFixtures().onMessage('hello', { error: { type, message }, status: Number(status) })
        await expect(setup.ask({ text, stream })).rejects.toThrow(status)
      }
      const entries = await setup.test.entries()
      expectCounted(entries)
      expect(entries).toHaveLength(2)
      for (const entry of entries) {
        expect(entry).toMatchObject({
          status: 'error',
          http_status: Number(status),
          attempt: 1,
          error: { code: type, message },
          usage_source: 'none',
        })
        expect(entry.usage).toBeUndefined()
        expect(entry.failed_attempts).toBeUndefined()
      }
      expect(await setup.test.said()).toEqual([`user: ${text}`])
    })

    test.each(['rateLimitRate', 'disconnectRate'] as const)('at random: %s', async (chaos) => {
      setup.mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
      setup.mock.setChaos({ [chaos]: 1 })
      await expect(setup.ask({ text })).rejects.toThrow()
      const entry = await setup.test.entry()
      expectCounted([entry])
      expect(entry).toMatchObject({ status: 'error', attempt: 1, usage_source: 'none' })
      expect(entry.http_status).toBe(chaos === 'rateLimitRate' ? 429 : undefined)
    })

    test('with a page that is no JSON', async () => {
      await using provider = await startRawProvider((_request, response) => {
        response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>')
      })
      await expect(setup.ask({ text, url: origin(provider.url) })).rejects.toThrow('502')
      expect(await setup.test.entry()).toMatchObject({ http_status: 502, error: { code: 'http_502' } })
    })

    test('an answer that is no JSON', async () => {
      setup.mock.onMessage('hello', { content: 'Hi.' }, { chaos: { malformedRate: 1 } })
      await expect(setup.ask({ text })).rejects.toThrow()
      expect(await setup.test.entry()).toMatchObject({
        status: 'error',
        http_status: 200,
        error: { code: 'invalid_response' },
        usage_source: 'none',
      })
    })
  })

  describe.skipIf(!capture.retries)('the SDK retries', () => {
    test.each([false, true])('and succeeds, stream: %s', async (stream) => {
      setup.mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
      setup.mock.nextRequestError(500, { message: 'Oops' })
      expect(await setup.ask({ text, stream, maxRetries: 2 })).toMatchObject({ text: 'Hi.' })
      const entries = await setup.test.entries()
      expectCounted(entries)
      expect(setup.mock.getRequests()).toHaveLength(2)
      const last = entries.at(-1)
      expect(last).toMatchObject({ status: 'success', http_status: 200, attempt: 2 })
      if (capture.entryPer === 'call') {
        expect(entries).toHaveLength(1)
        expect(last?.failed_attempts).toMatchObject([{ http_status: 500 }])
        const { latency_ms = 0, total_duration_ms = 0 } = last?.timings ?? {}
        expect(total_duration_ms).toBeGreaterThan(latency_ms)
      } else {
        expect(entries[0]).toMatchObject({ status: 'error', http_status: 500, attempt: 1 })
        expect(last?.parent_id).toBe(entries[0]?.id)
      }
    })

    test('and gives up', async () => {
      setup.mock.onMessage('hello', { error: { message: 'Oops' }, status: 500 })
      await expect(setup.ask({ text, maxRetries: 1 })).rejects.toThrow('Oops')
      const entries = await setup.test.entries()
      expectCounted(entries)
      expect(entries.every((entry) => entry.status === 'error' && entry.http_status === 500)).toBe(true)
      expect(entries.at(-1)?.attempt).toBe(2)
    })
  })

  test('nobody listens', async () => {
    await expect(setup.ask({ text, url: 'http://127.0.0.1:1' })).rejects.toThrow()
    const entry = await setup.test.entry()
    expect(entry).toMatchObject({ status: 'error', attempt: 1, usage_source: 'none' })
    expect(entry.http_status).toBeUndefined()
  })

  test('the time is up before anything came', async () => {
    await using provider = await startRawProvider(() => {})
    await expect(setup.ask({ text, url: origin(provider.url), timeout: 60 })).rejects.toThrow()
    const status = capture.tellsTimeouts ? 'timeout' : 'error'
    const code = capture.tellsTimeouts ? 'timeout' : 'aborted'
    expect(await setup.test.entry()).toMatchObject({
      status,
      attempt: 1,
      error: { code },
      usage_source: 'none',
    })
  })

  test('the application aborts before anything came', async () => {
    const abort = new AbortController()
    await using provider = await startRawProvider(() => abort.abort())
    const asked = setup.ask({ text, url: origin(provider.url), signal: abort.signal, maxRetries: 2 })
    await expect(asked).rejects.toThrow()
    expect(await setup.test.entry()).toMatchObject({
      status: 'error',
      attempt: 1,
      error: { code: 'aborted' },
    })
    expect(provider.requests).toHaveLength(1)
  })

  describe('a stream that breaks off is logged with what arrived', () => {
    const expectPartial = async (code: string): Promise<void> => {
      const entry = await setup.test.entry()
      expect(entry).toMatchObject({
        status: 'error',
        http_status: 200,
        error: { code },
        usage_source: COUNTED_HERE,
      })
      // Three words are three tokens; an estimate takes four characters for one.
      expect(entry.usage?.completion_tokens).toBe(entry.usage_source === 'tokenizer' ? 3 : 4)
      expect(entry.usage?.prompt_tokens).toBeGreaterThan(0)
      expect(entry.timings?.time_to_first_token_ms).toBeGreaterThanOrEqual(0)
      const chat = await setup.test.ledger.readChat(setup.test.projectId, setup.test.chatId)
      const kept = { content: 'one two three', status: 'error', include_in_context: false }
      expect(chat.at(-1)).toMatchObject(kept)
    }

    test('the application reads no further', async () => {
      let gone = (): void => {}
      const closed = new Promise<void>((resolve) => {
        gone = resolve
      })
      await using provider = await startRawProvider((_request, response) => {
        response.on('close', gone)
        startStream(response).write(capture.events(words))
      })
      await setup.ask({ text, stream: true, url: origin(provider.url), leaveAfter: 2 })
      await closed
      await expectPartial('aborted')
    })

    test('the application aborts while it waits', async () => {
      const abort = new AbortController()
      await using provider = await startRawProvider((_request, response) => {
        startStream(response).write(capture.events(words))
      })
      const onPiece = (pieces: number): void => {
        if (pieces === words.length) setImmediate(() => abort.abort())
      }
      const asked = setup.ask({
        text,
        stream: true,
        url: origin(provider.url),
        signal: abort.signal,
        onPiece,
      })
      await asked.catch(() => {})
      await expectPartial('aborted')
    })

    test('the connection breaks', async () => {
      setup.mock.onMessage(
        'hello',
        { content: 'one two three four five six', usage: USAGE },
        { truncateAfterChunks: 5, latency: 5 },
      )
      await expect(setup.ask({ text, stream: true })).rejects.toThrow()
      const entry = await setup.test.entry()
      expectCounted([entry])
      expect(entry).toMatchObject({
        status: 'error',
        http_status: 200,
        error: { code: 'stream_interrupted' },
        usage_source: COUNTED_HERE,
      })
      expect(setup.mock.getRequests()[0]?.response.interrupted).toBe(true)
    })

    test('the provider says that it failed', async () => {
      await using provider = await startRawProvider((_request, response) => {
        startStream(response).end(
          capture.events(words) + capture.errorEvent('overloaded_error', 'Overloaded'),
        )
      })
      await expect(setup.ask({ text, stream: true, url: origin(provider.url) })).rejects.toThrow('verloaded')
      await expectPartial('overloaded_error')
    })

    test('the provider ends without an end', async () => {
      await using provider = await startRawProvider((_request, response) => {
        startStream(response).end(capture.events(words))
      })
      await setup.ask({ text, stream: true, url: origin(provider.url) }).catch(() => {})
      await expectPartial('stream_interrupted')
    })
  })
}

function origin(url: string): string {
  return new URL(url).origin
}
