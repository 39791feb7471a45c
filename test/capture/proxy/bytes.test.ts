/** What a client sees is what it would see without the proxy. */
import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { chatChunks, type RawRequest, sse } from '../raw-provider.js'
import {
  ask,
  CHAT,
  COMPLETION,
  post,
  type ReceivedRequest,
  type Seen,
  startProxy,
  startRawUpstream,
  startUpstream,
  USAGE,
} from './proxied.js'

const JSON_TEXT = JSON.stringify(COMPLETION)
const LARGE = randomBytes(3 * 1024 * 1024)

type Answer = (response: ServerResponse, request: ReceivedRequest) => void

const json = (encoding: string, bytes: Uint8Array): Answer => {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding }).end(bytes)
  }
}

const ANSWERS: Record<string, Answer> = {
  'with a length': (response) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(JSON_TEXT) }
    response.writeHead(200, headers).end(JSON_TEXT)
  },
  'in chunks': (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    for (const character of JSON_TEXT) response.write(character)
    response.end()
  },
  gzip: json('gzip', gzipSync(JSON_TEXT)),
  deflate: json('deflate', deflateSync(JSON_TEXT)),
  br: json('br', brotliCompressSync(JSON_TEXT)),
  'an encoding that nobody knows': json('x-unknown', randomBytes(100)),
  'gzip that is none': json('gzip', randomBytes(100)),
  'gzip cut short': json('gzip', gzipSync(JSON_TEXT).subarray(0, 40)),
  'with trailers': (response, { method }) => {
    // Node announces none where no body is.
    const trailer = method === 'HEAD' ? {} : { trailer: 'X-Sum, X-Time' }
    response.writeHead(200, { 'content-type': 'application/json', ...trailer })
    response.write(JSON_TEXT)
    response.addTrailers([
      ['X-Sum', 'abc'],
      ['X-Time', '7'],
    ])
    response.end()
  },
  'empty, with a length': (response) => response.writeHead(200, { 'content-length': '0' }).end(),
  'empty, in chunks': (response) => response.writeHead(200).end(),
  '204': (response) => response.writeHead(204).end(),
  '304': (response) => response.writeHead(304, { etag: '"a"' }).end(),
  'an error': (response) =>
    response.writeHead(429, { 'retry-after': '7' }).end('{"error":{"message":"slow"}}'),
  'a reason phrase of its own': (response) => response.writeHead(418, 'Short and stout').end('tea'),
  'a redirect': (response) => response.writeHead(307, { location: 'http://127.0.0.1:1/elsewhere' }).end(),
  'headers twice, in any case, beyond ASCII': (response) => {
    const headers = ['Set-Cookie', 'a=1', 'set-cookie', 'b=2', 'X-NAME', 'caf\u00e9', 'X-Name', '']
    response.writeHead(200, headers).end('x')
  },
  'headers of ours on it': (response) => {
    const headers = {
      'x-request-id': 'req-1',
      'cache-control': 'max-age=9',
      date: 'Thu, 01 Jan 1970 00:00:00 GMT',
    }
    response.writeHead(200, headers).end('x')
  },
  'interim answers before it': (response) => {
    response.writeProcessing()
    response.writeEarlyHints({ link: '</a.css>; rel=preload', 'x-more': '1' })
    response.writeHead(200).end('x')
  },
  '3 MiB of anything': (response) => response.writeHead(200).end(LARGE),
}

/** Bytes as a text: two buffers of 3 MiB would be compared for seconds. */
const shown = (seen: Seen) => ({ ...seen, body: seen.body.toString('latin1') })

describe('an answer', () => {
  test.each(Object.entries(ANSWERS))('%s', async (_name, answer) => {
    await using upstream = await startUpstream((request, response) => answer(response, request))
    await using proxied = await startProxy(upstream.url)
    for (const [path, asked] of [
      ['/v1/chat/completions', post(CHAT)],
      ['/v1/models?limit=1', {}],
      ['/v1/models', { method: 'HEAD' }],
    ] as const) {
      const direct = await ask(upstream.url + path, asked)
      expect(shown(await ask(proxied.url + path, asked))).toEqual(shown(direct))
    }
    // The call is logged whatever its answer is; the rest is not.
    expect(await proxied.test.entries()).toHaveLength(1)
  })

  test('that ends with its connection', async () => {
    await using upstream = await startRawUpstream((socket) => {
      socket.end(`HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n${JSON_TEXT}`)
    })
    await using proxied = await startProxy(upstream.url)
    const direct = await ask(`${upstream.url}/v1/chat/completions`, post(CHAT))
    expect(await ask(`${proxied.url}/v1/chat/completions`, post(CHAT))).toEqual(direct)
    expect(await proxied.test.entry()).toMatchObject({ status: 'success', usage: USAGE })
  })
})

test('a client of HTTP/1.0 gets chunks as one body, and no interim answer', async () => {
  await using upstream = await startUpstream((_request, response) => {
    response.writeProcessing()
    response.writeHead(200, { trailer: 'x-sum' }).write('one ')
    response.addTrailers([['x-sum', '1']])
    response.end('two')
  })
  await using proxied = await startProxy(upstream.url)
  const { hostname, port } = new URL(proxied.url)
  const socket = connect(Number(port), hostname)
  socket.write(`GET /proxy/up/x HTTP/1.0\r\nHost: ${hostname}:${port}\r\n\r\n`)
  expect(await text(socket)).toBe('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\none two')
})

test('a stream, cut at every byte', async () => {
  const asked: RawRequest = {
    path: '',
    headers: {},
    text: '',
    body: { stream_options: { include_usage: true } },
  }
  const bytes = Buffer.from(sse(chatChunks(asked, ['ü🎉'], USAGE), '\r\n'))
  await using upstream = await startUpstream(({ headers }, response) => {
    const cut = Number(headers['x-cut'])
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(bytes.subarray(0, cut), () => response.end(bytes.subarray(cut)))
  })
  await using proxied = await startProxy(upstream.url, { proxy: { content: 'none' } })
  const body = { ...CHAT, stream: true, stream_options: { include_usage: true } }
  for (let from = 1; from < bytes.length; from += 20) {
    const cuts = Array.from({ length: Math.min(20, bytes.length - from) }, (_, index) => from + index)
    const seen = await Promise.all(
      cuts.map((cut) => ask(`${proxied.url}/chat/completions`, post(body, { 'x-cut': String(cut) }))),
    )
    for (const answer of seen) expect(answer.body.equals(bytes)).toBe(true)
  }
  const entries = await proxied.test.entries()
  expect(entries).toHaveLength(bytes.length - 1)
  for (const entry of entries) {
    expect(entry).toMatchObject({
      status: 'success',
      usage: USAGE,
      finish_reason: 'stop',
      usage_source: 'provider',
    })
  }
})

test('a stream is passed on as it comes: each event before the next one is made', async () => {
  const events = chatChunks({ path: '', headers: {}, text: '', body: {} }, ['a', 'b', 'c'])
  let next = (): void => {}
  await using upstream = await startUpstream(async (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    for (const event of events) {
      await new Promise<void>((resolve) => {
        next = resolve
      })
      response.write(`data: ${JSON.stringify(event)}\n\n`)
    }
    response.end('data: [DONE]\n\n')
  })
  await using proxied = await startProxy(upstream.url)
  // Resolves with the head alone.
  const { body, method, headers = {} } = post({ ...CHAT, stream: true })
  const answer = await fetch(`${proxied.url}/chat/completions`, {
    body: String(body),
    method: String(method),
    headers,
  })
  const reader = answer.body?.getReader()
  let came = ''
  for (const event of events) {
    next()
    const text = JSON.stringify(event)
    while (!came.includes(text)) came += new TextDecoder().decode((await reader?.read())?.value)
  }
  while (!(await reader?.read())?.done);
  expect(await proxied.test.entry()).toMatchObject({ status: 'success' })
})

describe('a request', () => {
  test('goes on with method, path, query, headers and body as they came', async () => {
    await using upstream = await startUpstream((_request, response) => response.end('ok'))
    await using proxied = await startProxy(`${upstream.url}/base/`)
    const headers = {
      Authorization: 'Bearer k',
      'X-Any': 'caf\u00e9',
      'Accept-Encoding': 'gzip',
      'content-type': 'a/b',
    }
    const body = randomBytes(200_000)
    await ask(`${proxied.url}/v1/a%2Fb/~c;d?q=..%2f&r=//`, { method: 'PATCH', headers, body })
    expect(upstream.requests).toHaveLength(1)
    const [received] = upstream.requests
    expect(received).toMatchObject({ method: 'PATCH', url: '/base/v1/a%2Fb/~c;d?q=..%2f&r=//' })
    expect(received?.headers).toEqual({
      host: `127.0.0.1:${upstream.port}`,
      authorization: 'Bearer k',
      'x-any': 'caf\u00e9',
      'accept-encoding': 'gzip',
      'content-type': 'a/b',
      'content-length': '200000',
      connection: 'keep-alive',
    })
    expect(received?.rawHeaders).toContain('X-Any')
    expect(received?.body.equals(body)).toBe(true)
  })

  test('without what holds for the connection, or is meant for the proxy', async () => {
    await using upstream = await startUpstream((_request, response) => response.end('ok'))
    await using proxied = await startProxy(upstream.url)
    await ask(`${proxied.url}/v1/models`, {
      headers: {
        connection: 'close, x-mine',
        'x-mine': '1',
        'keep-alive': 'timeout=1',
        'proxy-authorization': 'Basic abc',
        'proxy-connection': 'close',
        upgrade: 'h2c',
        te: 'trailers, deflate',
        'x-ledgerline-project': 'p',
        'x-ledgerline-anything': '1',
        'x-ledger': 'stays',
      },
    })
    expect(upstream.requests[0]?.headers).toEqual({
      host: `127.0.0.1:${upstream.port}`,
      connection: 'keep-alive',
      te: 'trailers',
      'x-ledger': 'stays',
    })
  })

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'of %s, without a body',
    async (method) => {
      await using upstream = await startUpstream((_request, response) =>
        response.writeHead(200, { a: 'b' }).end(),
      )
      await using proxied = await startProxy(upstream.url)
      expect((await ask(`${proxied.url}/v1/files`, { method })).status).toBe(200)
      expect(upstream.requests[0]).toMatchObject({ method, url: '/v1/files' })
      expect(upstream.requests[0]?.body).toHaveLength(0)
    },
  )

  test('in chunks, of any type', async () => {
    await using upstream = await startUpstream((_request, response) => response.end('ok'))
    await using proxied = await startProxy(upstream.url)
    const headers = { 'transfer-encoding': 'chunked', 'content-type': 'not a type' }
    await ask(`${proxied.url}/v1/audio`, { method: 'POST', headers, body: LARGE })
    expect(upstream.requests[0]?.headers).toMatchObject(headers)
    expect(upstream.requests[0]?.body.equals(LARGE)).toBe(true)
  })
})

test('20 at once, each with its own answer', async () => {
  await using upstream = await startUpstream(({ body }, response) => {
    const { n } = JSON.parse(body.toString())
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({
        ...COMPLETION,
        id: `c${n}`,
        usage: { ...USAGE, prompt_tokens: n, total_tokens: n + 10 },
      }),
    )
  })
  await using proxied = await startProxy(upstream.url)
  const numbers = Array.from({ length: 20 }, (_, index) => index)
  const seen = await Promise.all(
    numbers.map((n) => ask(`${proxied.url}/chat/completions`, post({ ...CHAT, n }))),
  )
  expect(seen.map(({ body }) => JSON.parse(body.toString()).id)).toEqual(numbers.map((n) => `c${n}`))
  const entries = await proxied.test.entries()
  expect(entries.map((entry) => entry.usage?.prompt_tokens).sort((a, b) => Number(a) - Number(b))).toEqual(
    numbers,
  )
  for (const entry of entries) expect(entry.response_id).toBe(`c${entry.usage?.prompt_tokens}`)
})
