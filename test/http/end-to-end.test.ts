import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createServer, type RunningServer, serve } from '../../src/http/server.js'
import { type Ledger, openLedger } from '../../src/index.js'
import type { Json } from './test-server.js'

let folder: string
let ledger: Ledger
let server: RunningServer
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-e2e-'))
  const systemLog = { level: 'silent', file: false, pretty: false } as const
  ledger = await openLedger({ workspace: join(folder, 'workspace'), systemLog })
  server = await serve({ ledger, host: '127.0.0.1', port: 0 })
})
afterEach(async () => {
  await server.close()
  await ledger.close()
  await rm(folder, { recursive: true, force: true })
})

async function call(method: string, path: string, body?: unknown) {
  const init =
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const answer = await fetch(server.url + path, { method, ...init })
  const json: Json = await answer.json()
  return { status: answer.status, json }
}

/** What the server says to bytes that no client would send. */
async function say(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(bytes)
  return text(socket)
}

const portOf = (url: string): number => Number(new URL(url).port)

test('a project, a chat, messages, requests, stats', async () => {
  const project = (await call('POST', '/api/projects', { name: 'Support bot' })).json
  const chat = (await call('POST', `/api/projects/${project.id}/chats`, { name: 'Refund' })).json
  const base = `/api/projects/${project.id}`
  const message = (
    await call('POST', `${base}/chats/${chat.id}/messages`, { role: 'user', content: 'Wo bleibt es? 🎉' })
  ).json
  const logged = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      call('POST', `${base}/llm-requests`, {
        chat_id: chat.id,
        model: index % 2 === 0 ? 'openai/gpt-4o' : 'local/llama',
        status: index % 10 === 0 ? 'error' : 'success',
        usage: { prompt_tokens: 100, completion_tokens: 20 },
        latency_ms: index,
        messages_included: [message.id],
      }),
    ),
  )
  expect(new Set(logged.map(({ json }) => json.id)).size).toBe(50)
  const { json: stats } = await call('GET', `${base}/stats?group_by=model`)
  expect(stats.summary).toMatchObject({ total_requests: 50, failed_requests: 5, total_tokens: 6000 })
  expect(stats.breakdown).toMatchObject([
    { model: 'local/llama', requests: 25 },
    { model: 'openai/gpt-4o', requests: 25 },
  ])
  const { json: chatStats } = await call('GET', `${base}/chats/${chat.id}/stats`)
  expect(chatStats).toMatchObject({ message_count: 1, models_used: ['local/llama', 'openai/gpt-4o'] })
  const { json: page } = await call('GET', `${base}/llm-requests?limit=7`)
  expect(page.entries).toHaveLength(7)
})

describe('who may call', () => {
  test.each([
    ['localhost', 0, 200],
    ['127.0.0.1', 0, 200],
    ['[::1]', 0, 200],
    ['localhost', 1, 403],
    ['evil.example', 0, 403],
  ])('Host %s, port off by %i: %i', async (name, off, expected) => {
    const { hostname, port } = new URL(server.url)
    const call = request({ host: hostname, port, headers: { host: `${name}:${Number(port) + off}` } }).end()
    const [answer] = await once(call, 'response')
    answer.resume()
    expect(answer.statusCode).toBe(expected)
  })

  test("another port's page is refused", async () => {
    const answer = await fetch(`${server.url}/healthz`, { headers: { origin: 'http://localhost:3000' } })
    expect(answer.status).toBe(403)
  })
})

describe('what is no request', () => {
  test.each([
    ['no HTTP', 'hello\r\n\r\n', 400, 'BAD_REQUEST'],
    ['no Host', 'GET /healthz HTTP/1.0\r\n\r\n', 403, 'FORBIDDEN_HOST'],
    ['headers of 64 KiB', `GET / HTTP/1.1\r\nx: ${'x'.repeat(65_536)}\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
  ])('%s', async (_name, bytes, status, code) => {
    const answer = await say(portOf(server.url), bytes)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer).toMatch(/^x-request-id: [0-9a-f-]{36}\r$/im)
    expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({ error: code })
  })

  test.each([
    ['/api/projects/../../../etc/passwd', 404],
    ['/api/projects/..', 400],
    ['/api/projects/../stats', 400],
    ['/api/projects/%2e%2e/stats', 400],
    ['/api/projects/./stats', 400],
    ['/api/projects/%2E', 400],
  ])('the path %s is answered with %i, not resolved', async (path, status) => {
    const host = `Host: 127.0.0.1:${portOf(server.url)}\r\nConnection: close`
    const answer = await say(portOf(server.url), `GET ${path} HTTP/1.1\r\n${host}\r\n\r\n`)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })

  test('a body without an end is 413 once it is too large', async () => {
    const { hostname, port } = new URL(server.url)
    const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }
    const upload = request({ host: hostname, port, method: 'POST', path: '/api/projects', headers })
    // The server may close before all was sent.
    upload.on('error', () => undefined)
    const answered = once(upload, 'response')
    const mebibyte = Buffer.alloc(1024 * 1024, ' ')
    for (let sent = 0; sent < 17; sent++) upload.write(mebibyte)
    const [answer] = await answered
    expect(answer.statusCode).toBe(413)
    expect(JSON.parse(await text(answer))).toMatchObject({ error: 'BODY_TOO_LARGE' })
    upload.destroy()
  })

  test('a body that does not come is 408', async () => {
    const slow = await createServer({ ledger, requestTimeoutMs: 100 })
    try {
      await slow.listen({ host: '127.0.0.1', port: 0 })
      const address = slow.server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      const head = `POST /api/projects HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{`
      const answer = await say(port, head)
      expect(answer).toMatch(/^HTTP\/1\.1 408 /)
      expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({ error: 'REQUEST_TIMEOUT' })
    } finally {
      await slow.close()
    }
  })
})

describe('listening', () => {
  test('a taken port is PORT_IN_USE', async () => {
    const port = portOf(server.url)
    await expect(serve({ ledger, host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'PORT_IN_USE' })
  })

  test.each(['0.0.0.0', '::', '192.0.2.1', 'example.com', ''])('not on %j', async (host) => {
    // The empty string is what a shell makes of an unset variable.
    const answer = serve({ ledger, host: host || ' ', port: 0 })
    await expect(answer).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })

  test.each([-1, 65_536, 1.5, Number.NaN])('not on port %s', async (port) => {
    await expect(serve({ ledger, port })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })

  test('a request that is under way at close() is answered, and a connection without one is let go', async () => {
    const { hostname, port } = new URL(server.url)
    const headers = { 'content-type': 'application/json', 'content-length': 12 }
    const unused = connect(Number(port), hostname).resume()
    const upload = request({ host: hostname, port, method: 'POST', path: '/api/projects', headers })
    upload.write('{"name"')
    await once(upload, 'socket')
    // A whole round trip on another connection: the server has the first half by now.
    await fetch(`${server.url}/healthz`, { headers: { connection: 'close' } })
    const closed = server.close()
    // While the request waits for its second half.
    await once(unused, 'close')
    upload.end(':"A"}')
    const [answer] = await once(upload, 'response')
    expect(answer.statusCode).toBe(201)
    expect(answer.headers.connection).toBe('close')
    answer.resume()
    await closed
  })
})
