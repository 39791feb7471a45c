/** What captureFetch promises beyond the contract of all captures. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { captureFetch, type FetchLike } from '../../src/capture/fetch/index.js'
import { type RawHandler, sendJson, sse, startRawProvider, startStream } from './raw-provider.js'
import { openTestLedger, type TestLedger } from './test-ledger.js'

const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hello' }] })
const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 }
const answer = {
  id: 'c1',
  model: 'gpt-4o',
  choices: [{ message: { content: 'Hi.' }, finish_reason: 'stop' }],
  usage,
}
const answering: RawHandler = (_request, response) => sendJson(response, answer)

let ledger: TestLedger
let captured: FetchLike

beforeEach(async () => {
  ledger = await openTestLedger()
  const { ledger: open, projectId, chatId } = ledger
  captured = captureFetch(fetch, { ledger: open, projectId, chatId })
})
afterEach(async () => {
  await ledger[Symbol.asyncDispose]()
})

describe('a request is understood however it is made', () => {
  const bytes = new TextEncoder().encode(body)
  test.each<[string, (url: string) => Promise<Response>]>([
    ['URL and text', (url) => captured(url, { method: 'POST', body })],
    ['a URL object', (url) => captured(new URL(url), { method: 'post', body })],
    ['a Request', (url) => captured(new Request(url, { method: 'POST', body }))],
    [
      'a Request with another body',
      (url) => captured(new Request(url, { method: 'POST', body: '{}' }), { body }),
    ],
    ['bytes', (url) => captured(url, { method: 'POST', body: bytes })],
    [
      'a part of a buffer',
      (url) => captured(url, { method: 'POST', body: Buffer.from(` ${body}`).subarray(1) }),
    ],
    ['an ArrayBuffer', (url) => captured(url, { method: 'POST', body: bytes.buffer })],
    ['a Blob', (url) => captured(url, { method: 'POST', body: new Blob([body]) })],
    [
      'a stream',
      (url) => {
        const streamed: RequestInit & { duplex: 'half' } = {
          method: 'POST',
          body: new Blob([body]).stream(),
          duplex: 'half',
        }
        return captured(url, streamed)
      },
    ],
  ])('%s', async (_name, send) => {
    await using provider = await startRawProvider(answering)
    const response = await send(`${provider.url}/chat/completions`)
    expect(await response.json()).toEqual(answer)
    expect(provider.requests.map((request) => request.text)).toEqual([body])
    expect(await ledger.entry()).toMatchObject({ model: 'gpt-4o', status: 'success', usage })
    expect(await ledger.said()).toEqual(['user: hello', 'assistant: Hi.'])
  })

  test('responses, embeddings and messages too', async () => {
    const answers: Record<string, unknown> = {
      '/v1/responses': {
        id: 'r1',
        status: 'completed',
        output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hi.' }] }],
        usage: { input_tokens: 5, output_tokens: 2, total_tokens: 7 },
      },
      '/v1/embeddings': { data: [], model: 'e', usage: { prompt_tokens: 5, total_tokens: 5 } },
      '/v1/messages': {
        content: [{ type: 'text', text: 'Hi.' }],
        usage: { input_tokens: 5, output_tokens: 2 },
      },
    }
    await using provider = await startRawProvider((request, response) =>
      sendJson(response, answers[request.path]),
    )
    const { origin } = new URL(provider.url)
    for (const path of Object.keys(answers)) {
      const sent = { model: 'm', input: 'hello', messages: [{ role: 'user', content: 'hello' }] }
      await (await captured(origin + path, { method: 'POST', body: JSON.stringify(sent) })).text()
    }
    const entries = await ledger.entries()
    expect(entries.map((entry) => [entry.status, entry.request_type, entry.usage?.prompt_tokens])).toEqual([
      ['success', 'chat', 5],
      ['success', 'embedding', 5],
      ['success', 'chat', 5],
    ])
  })
})

describe('all else passes untouched', () => {
  test.each<[string, string, RequestInit]>([
    ['another path', '/v1/models', {}],
    ['another method', '/v1/chat/completions', { method: 'GET' }],
    ['a body that is no JSON', '/v1/chat/completions', { method: 'POST', body: 'hello' }],
    ['a body that is a list', '/v1/chat/completions', { method: 'POST', body: '[]' }],
    ['a form', '/v1/chat/completions', { method: 'POST', body: new URLSearchParams({ a: '1' }) }],
    ['a threads message', '/v1/threads/t1/messages', { method: 'POST', body }],
  ])('%s', async (_name, path, init) => {
    const given = new Response('{}')
    const calls: unknown[][] = []
    const { ledger: open, projectId, chatId } = ledger
    const watched = captureFetch(
      async (...call) => {
        calls.push(call)
        return given
      },
      { ledger: open, projectId, chatId },
    )
    expect(await watched(`http://127.0.0.1${path}`, init)).toBe(given)
    expect(calls).toEqual([[`http://127.0.0.1${path}`, init]])
    expect(calls[0]?.[1]).toBe(init)
    expect(await ledger.entries()).toEqual([])
  })

  test('a URL that is none fails as it would', async () => {
    await expect(captured('/v1/chat/completions', { method: 'POST', body })).rejects.toThrow(
      'Failed to parse URL',
    )
    expect(await ledger.entry()).toMatchObject({ status: 'error', provider: 'unknown' })
  })
})

describe('what the caller gets', () => {
  const events = `: hi\r\n\r\nid: 7\nretry: 10\n${sse([{ choices: [{ index: 0, delta: { content: 'Hé' } }] }], '\r\n')}tail`

  test.each([
    ['a stream', 'text/event-stream', 200, events],
    ['an answer', 'application/json', 200, ` ${JSON.stringify(answer)}\n`],
    ['a refusal', 'application/json', 429, '{"error":{"message":"Slow down"}}  '],
    ['nothing', 'application/json', 204, ''],
    ['garbage', 'application/octet-stream', 200, '\u0000\ufffdx'],
  ])('is byte for byte what the provider sent: %s', async (_name, type, status, sent) => {
    await using provider = await startRawProvider((_request, response) => {
      response.writeHead(status, { 'content-type': type, 'x-mine': 'yes' }).end(sent)
    })
    const url = `${provider.url}/chat/completions`
    const read = async (send: FetchLike) => {
      const response = await send(url, {
        method: 'POST',
        body: body.replace('"model"', '"stream":true,"model"'),
      })
      const head = [response.status, response.url, response.headers.get('x-mine'), response.ok]
      return { head, bytes: Buffer.from(await response.arrayBuffer()).toString('hex') }
    }
    expect(await read(captured)).toEqual(await read(fetch))
    const [plain, seen] = [provider.requests[1], provider.requests[0]]
    expect(seen?.text).toBe(plain?.text)
    expect(seen?.headers).toEqual({ ...plain?.headers, host: seen?.headers.host })
    expect(await ledger.entries()).toHaveLength(1)
  })

  test('comes as it is sent: the next chunk is only sent once this one was read', async () => {
    let next = (): void => {}
    await using provider = await startRawProvider((_request, response) => {
      startStream(response).write('data: {"a":1}\n\n')
      next = () => response.end('data: [DONE]\n\n')
    })
    const response = await captured(`${provider.url}/chat/completions`, { method: 'POST', body })
    const reader = response.body?.getReader()
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('data: {"a":1}\n\n')
    next()
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('data: [DONE]\n\n')
    expect((await reader?.read())?.done).toBe(true)
  })

  test('a refusal whose body is never read is logged with its reason', async () => {
    await using provider = await startRawProvider((_request, response) => {
      sendJson(response, { error: { message: 'Slow down', code: 'rate_limit_exceeded' } }, 429)
    })
    const response = await captured(`${provider.url}/chat/completions`, { method: 'POST', body })
    expect(response.ok).toBe(false)
    const error = { code: 'rate_limit_exceeded', message: 'Slow down' }
    expect(await ledger.entry()).toMatchObject({ status: 'error', http_status: 429, error })
  })

  test("the caller's own time ends a stream as a timeout", async () => {
    await using provider = await startRawProvider((_request, response) => {
      startStream(response).write('data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n')
    })
    const abort = new AbortController()
    const init = { method: 'POST', body, signal: abort.signal }
    const response = await captured(`${provider.url}/chat/completions`, init)
    const read = response.text()
    // The reason that AbortSignal.timeout gives.
    abort.abort(new DOMException('The operation timed out.', 'TimeoutError'))
    await expect(read).rejects.toThrow()
    expect(await ledger.entry()).toMatchObject({ status: 'timeout', error: { code: 'timeout' } })
  })
})

test('a captured fetch inside another one of the same ledger stays silent', async () => {
  await using provider = await startRawProvider(answering)
  const { ledger: open, projectId, chatId } = ledger
  const twice = captureFetch(captured, { ledger: open, projectId, chatId })
  await (await twice(`${provider.url}/chat/completions`, { method: 'POST', body })).text()
  expect(provider.requests).toHaveLength(1)
  expect(await ledger.entries()).toHaveLength(1)
})
