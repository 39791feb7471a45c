/** Bad days of the upstream and of the client: the client is told what happened, the ledger keeps what arrived. */
import { once } from 'node:events'
import { type ClientRequest, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { buffer, text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { chatChunks, sse } from '../raw-provider.js'
import { ask, CHAT, COMPLETION, post, startProxy, startRawUpstream, startUpstream } from './proxied.js'

const STREAMED = { ...CHAT, stream: true }
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'
const EVENTS = chatChunks({ path: '', headers: {}, text: '', body: {} }, ['Hello', ' wor'])
const BEGUN = sse(EVENTS.slice(0, 3)).replace('data: [DONE]\n\n', '')
const chunk = (data: string): string => `${Buffer.byteLength(data).toString(16)}\r\n${data}\r\n`

/** What a client got before the answer broke off, and the error it was told by. */
async function cutAnswer(url: string): Promise<{ body: string; error: unknown }> {
  const { body, ...options } = post(STREAMED)
  const outgoing = request(url, { ...options, agent: false })
  outgoing.end(body)
  const [answer] = await once(outgoing, 'response')
  let got = ''
  answer.on('data', (bytes: Buffer) => {
    got += bytes.toString()
  })
  const error = await new Promise((resolve, reject) => {
    answer.on('error', resolve)
    answer.on('end', () => reject(new Error('the answer ended as if it were whole')))
  })
  return { body: got, error }
}

/** Whatever error it closes by. */
function closed(outgoing: ClientRequest): Promise<void> {
  outgoing.on('error', () => undefined)
  return new Promise((resolve) => outgoing.on('close', resolve))
}

describe('the upstream breaks off', () => {
  test.each([
    ['by a reset', (socket: Socket) => socket.resetAndDestroy()],
    ['by closing', (socket: Socket) => socket.end()],
  ])('%s in the middle of a stream', async (_name, breakOff) => {
    let arrived = (): void => {}
    const there = new Promise<void>((resolve) => {
      arrived = resolve
    })
    await using upstream = await startRawUpstream((socket) => {
      socket.write(HEAD + chunk(BEGUN))
      // A reset can overtake what was sent before, so it waits until that was read.
      there.then(() => breakOff(socket))
    })
    await using proxied = await startProxy(upstream.url)
    const { body, ...options } = post(STREAMED)
    const outgoing = request(`${proxied.url}/chat/completions`, { ...options, agent: false })
    outgoing.end(body)
    const [answer] = await once(outgoing, 'response')
    let got = ''
    answer.on('data', (bytes: Buffer) => {
      got += bytes.toString()
      if (got.length === BEGUN.length) arrived()
    })
    const [error] = await once(answer, 'error')
    expect(got).toBe(BEGUN)
    expect(error).toMatchObject({ code: 'ECONNRESET' })
    const entry = await proxied.test.entry()
    expect(entry).toMatchObject({
      status: 'error',
      http_status: 200,
      error: { code: 'stream_interrupted' },
      response_id: 'chatcmpl-1',
      usage_source: expect.stringMatching(/^(?:heuristic|tokenizer)$/),
    })
    expect(entry.usage?.completion_tokens).toBeGreaterThan(0)
    expect(entry.timings?.time_to_first_token_ms).toBeGreaterThanOrEqual(0)
    expect(await proxied.test.said()).toEqual(['user: hello there', 'assistant: Hello wor'])
  })

  test('in a compressed answer: what came of it is read', async () => {
    const zipped = gzipSync(JSON.stringify(COMPLETION))
    await using upstream = await startRawUpstream((socket) => {
      const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n'
      socket.end(Buffer.concat([Buffer.from(`${head}Content-Length: 9999\r\n\r\n`), zipped.subarray(0, 50)]))
    })
    await using proxied = await startProxy(upstream.url)
    await cutAnswer(`${proxied.url}/chat/completions`)
    expect(await proxied.test.entry()).toMatchObject({
      status: 'error',
      error: { code: 'stream_interrupted' },
    })
  })

  test('and a client of HTTP/1.0, for whom a connection that closes is an end, is told by a reset', async () => {
    await using upstream = await startRawUpstream((socket) => socket.end(HEAD + chunk(BEGUN)))
    await using proxied = await startProxy(upstream.url)
    const { hostname, port } = new URL(proxied.url)
    const socket = connect(Number(port), hostname)
    socket.write(`GET /proxy/up/x HTTP/1.0\r\nHost: ${hostname}:${port}\r\n\r\n`)
    await expect(text(socket)).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  test('before it answers', async () => {
    await using upstream = await startRawUpstream((socket) => socket.destroy())
    await using proxied = await startProxy(upstream.url)
    const seen = await ask(`${proxied.url}/chat/completions`, post(CHAT))
    expect(seen.status).toBe(502)
    expect(JSON.parse(seen.body.toString())).toMatchObject({ error: 'UPSTREAM_FAILED' })
    const entry = await proxied.test.entry()
    expect(entry).toMatchObject({ status: 'error', model: 'gpt-4o', error: { code: 'ECONNRESET' } })
    expect(entry.http_status).toBeUndefined()
    expect(await proxied.test.said()).toEqual(['user: hello there'])
  })

  test.each([
    [
      'with a 101 that nobody asked for',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
    ],
    ['after an interim answer', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ])('%s', async (_name, head) => {
    await using upstream = await startRawUpstream((socket) => socket.end(head))
    await using proxied = await startProxy(upstream.url)
    const seen = await ask(`${proxied.url}/chat/completions`, post(CHAT))
    expect(seen.status).toBe(502)
    expect(JSON.parse(seen.body.toString())).toMatchObject({ error: 'UPSTREAM_FAILED' })
    expect(await proxied.test.entry()).toMatchObject({ status: 'error', model: 'gpt-4o' })
  })

  test('with what is no HTTP', async () => {
    await using upstream = await startRawUpstream((socket) => socket.end('hello\r\n\r\n'))
    await using proxied = await startProxy(upstream.url)
    expect((await ask(`${proxied.url}/chat/completions`, post(CHAT))).status).toBe(502)
    expect(await proxied.test.entry()).toMatchObject({ status: 'error', model: 'gpt-4o' })
  })
})

test('nobody listens', async () => {
  await using proxied = await startProxy('http://127.0.0.1:1/v1')
  const seen = await ask(`${proxied.url}/chat/completions`, post(CHAT))
  expect(seen.status).toBe(502)
  expect(seen.headers).toContain('x-request-id')
  const told = JSON.parse(seen.body.toString())
  expect(told).toMatchObject({ error: 'UPSTREAM_FAILED', details: { hint: expect.any(String) } })
  // Where the upstream is, is nobody's business but the owner's.
  expect(seen.body.toString()).not.toContain('127.0.0.1')
  expect(await proxied.test.entry()).toMatchObject({ status: 'error', error: { code: 'ECONNREFUSED' } })
})

describe('the upstream falls silent', () => {
  const proxy = { stallTimeoutMs: 50 }
  /** What the upstream sends at once must have come before, however busy the machine is. */
  const later = { stallTimeoutMs: 3_000 }

  test('before it answers: 504', async () => {
    await using upstream = await startRawUpstream(() => {})
    await using proxied = await startProxy(upstream.url, { proxy })
    const seen = await ask(`${proxied.url}/chat/completions`, post(CHAT))
    expect(seen.status).toBe(504)
    expect(JSON.parse(seen.body.toString())).toMatchObject({ error: 'UPSTREAM_TIMEOUT' })
    expect(await proxied.test.entry()).toMatchObject({ status: 'timeout', error: { code: 'timeout' } })
  })

  test('in the middle: the answer is cut, and kept as far as it came', async () => {
    await using upstream = await startRawUpstream((socket) => socket.write(HEAD + chunk(BEGUN)))
    await using proxied = await startProxy(upstream.url, { proxy: later })
    const { body } = await cutAnswer(`${proxied.url}/chat/completions`)
    expect(body).toBe(BEGUN)
    expect(await proxied.test.entry()).toMatchObject({
      status: 'timeout',
      http_status: 200,
      error: { code: 'timeout' },
      response_id: 'chatcmpl-1',
    })
    expect(await proxied.test.said()).toEqual(['user: hello there', 'assistant: Hello wor'])
  })
})

describe('the client goes away', () => {
  test('in the middle of a stream: the upstream is told, and what came is kept', async () => {
    let gone: Promise<unknown> = Promise.resolve()
    await using upstream = await startRawUpstream((socket) => {
      gone = once(socket, 'close')
      socket.write(HEAD + chunk(BEGUN))
    })
    await using proxied = await startProxy(upstream.url)
    const { body, ...options } = post(STREAMED)
    const outgoing = request(`${proxied.url}/chat/completions`, { ...options, agent: false })
    outgoing.end(body)
    const [answer] = await once(outgoing, 'response')
    await once(answer, 'data')
    outgoing.destroy()
    await gone
    expect(await proxied.test.entry()).toMatchObject({
      status: 'error',
      http_status: 200,
      error: { code: 'aborted' },
      response_id: 'chatcmpl-1',
    })
    expect(await proxied.test.said()).toEqual(['user: hello there', 'assistant: Hello wor'])
  })

  test('before the answer', async () => {
    let outgoing: ReturnType<typeof request> | undefined
    let gone: Promise<unknown> = Promise.resolve()
    await using upstream = await startRawUpstream((socket) => {
      gone = once(socket, 'close')
      outgoing?.destroy()
    })
    await using proxied = await startProxy(upstream.url)
    const { body, ...options } = post(CHAT)
    outgoing = request(`${proxied.url}/chat/completions`, { ...options, agent: false })
    await closed(outgoing.end(body))
    await gone
    expect(await proxied.test.entry()).toMatchObject({ status: 'error', error: { code: 'aborted' } })
  })

  test('in the middle of its own request: nothing was asked, nothing is logged', async () => {
    let gone: Promise<unknown> = Promise.resolve()
    let outgoing: ReturnType<typeof request> | undefined
    await using upstream = await startRawUpstream((socket) => {
      gone = once(socket, 'close')
      outgoing?.destroy()
    })
    await using proxied = await startProxy(upstream.url)
    const headers = { 'content-type': 'application/json', 'content-length': '100' }
    outgoing = request(`${proxied.url}/chat/completions`, { method: 'POST', headers, agent: false })
    outgoing.write('{"model":')
    await closed(outgoing)
    await gone
    expect(await proxied.test.entries()).toEqual([])
  })
})

describe('the provider refuses', () => {
  test.each([
    [
      'an error object',
      { error: { message: 'Slow down', code: 'rate_limit' } },
      429,
      'rate_limit',
      'Slow down',
    ],
    [
      'its type alone',
      { type: 'error', error: { type: 'overloaded_error', message: 'Busy' } },
      529,
      'overloaded_error',
      'Busy',
    ],
    ['a text', { error: 'No such model' }, 404, 'http_404', 'No such model'],
    ['the object itself', { message: 'Bad key', code: 'bad_key' }, 401, 'bad_key', 'Bad key'],
    ['something else', ['?'], 500, 'http_500', 'The provider answered 500.'],
  ])('%s', async (_name, body, status, code, message) => {
    await using upstream = await startUpstream((_request, response) => {
      const headers = {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        'x-request-id': 'req-9',
      }
      response.writeHead(status, headers).end(gzipSync(JSON.stringify(body)))
    })
    await using proxied = await startProxy(upstream.url)
    await ask(`${proxied.url}/chat/completions`, post(CHAT, { 'x-stainless-retry-count': '2' }))
    expect(await proxied.test.entry()).toMatchObject({
      status: 'error',
      http_status: status,
      error: { code, message },
      attempt: 3,
      provider_request_id: 'req-9',
      usage_source: 'none',
    })
  })

  test.each([
    ['before the whole request came', 413, 'HTTP/1.1 413 Payload Too Large\r\nContent-Length: 2\r\n\r\nno'],
    ['by closing while the request still comes', 502, ''],
  ])('%s: what was asked is known all the same', async (_name, status, answered) => {
    const asked = JSON.stringify({ ...CHAT, padding: 'x'.repeat(4 * 1024 * 1024) })
    await using upstream = await startRawUpstream((socket) => {
      // It reads on, or its reset would overtake the answer.
      if (answered === '') socket.destroy()
      else socket.resume().end(answered)
    })
    await using proxied = await startProxy(upstream.url, { proxy: { content: 'none' } })
    const { hostname, port } = new URL(proxied.url)
    const socket = connect(Number(port), hostname)
    const head = `POST /proxy/up/chat/completions HTTP/1.1\r\nHost: ${hostname}:${port}\r\n`
    socket.write(`${head}Content-Length: ${asked.length}\r\n\r\n${asked}`)
    socket.write(`GET /healthz HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n\r\n`)
    const all = await text(socket)
    expect(all.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`, 'HTTP/1.1 200'])
    expect(await proxied.test.entry()).toMatchObject({ status: 'error', model: 'gpt-4o' })
  })
})

test('a status that no entry may hold is passed on, and left out', async () => {
  await using upstream = await startRawUpstream((socket) =>
    socket.end('HTTP/1.1 999 Denied\r\nContent-Length: 2\r\n\r\nno'),
  )
  await using proxied = await startProxy(upstream.url)
  expect((await ask(`${proxied.url}/chat/completions`, post(CHAT))).status).toBe(999)
  const entry = await proxied.test.entry()
  expect(entry).toMatchObject({ status: 'error', model: 'gpt-4o', error: { code: 'http_999' } })
  expect(entry.http_status).toBeUndefined()
})

describe('a body that is too large is 413, and not logged', () => {
  const proxy = { maxBodyBytes: 1000 }

  test.each([
    ['by its length', { 'content-length': '1001' }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('%s', async (_name, headers) => {
    await using upstream = await startUpstream((_request, response) => response.end('ok'))
    await using proxied = await startProxy(upstream.url, { proxy })
    const outgoing = request(`${proxied.url}/chat/completions`, { method: 'POST', headers, agent: false })
    // The server closes before all was sent.
    outgoing.on('error', () => undefined)
    outgoing.write(' '.repeat(1001))
    const [answer] = await once(outgoing, 'response')
    expect(answer.statusCode).toBe(413)
    expect(JSON.parse(await text(answer))).toMatchObject({ error: 'PROXY_BODY_TOO_LARGE' })
    expect(await proxied.test.entries()).toEqual([])
    expect(upstream.requests).toEqual([])
    outgoing.destroy()
  })

  test('one that is just as large passes', async () => {
    await using upstream = await startUpstream((_request, response) => response.end('ok'))
    await using proxied = await startProxy(upstream.url, { proxy })
    expect((await ask(`${proxied.url}/x`, { method: 'POST', body: ' '.repeat(1000) })).status).toBe(200)
  })
})

test('a slow reader holds the upstream back, and gets everything', async () => {
  const large = Buffer.alloc(16 * 1024 * 1024, 'x')
  let written = false
  await using upstream = await startUpstream((_request, response) => {
    response.writeHead(200).end(large, () => {
      written = true
    })
  })
  await using proxied = await startProxy(upstream.url)
  const { hostname, port } = new URL(proxied.url)
  const socket = connect(Number(port), hostname)
  socket.pause()
  socket.write(`GET /proxy/up/file HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n\r\n`)
  await once(socket, 'readable')
  // Requests of others are answered meanwhile; the buffers of the sockets are full long before all is written.
  await ask(`${proxied.server.url}/healthz`)
  expect(written).toBe(false)
  const all = await buffer(socket)
  expect(all.length).toBeGreaterThan(large.length)
  expect(written).toBe(true)
})

test('an answer that is under way when the server closes is finished and logged', async () => {
  let finish = (): void => {}
  await using upstream = await startUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
    finish = () => response.end(JSON.stringify(COMPLETION))
  })
  await using proxied = await startProxy(upstream.url)
  const { body, ...options } = post(CHAT)
  const outgoing = request(`${proxied.url}/chat/completions`, { ...options, agent: false })
  outgoing.end(body)
  const [answer] = await once(outgoing, 'response')
  const closed = proxied.server.close()
  finish()
  expect(JSON.parse(await text(answer))).toEqual(COMPLETION)
  await closed
  expect(await proxied.test.entry()).toMatchObject({ status: 'success' })
})
