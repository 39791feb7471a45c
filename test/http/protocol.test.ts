import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ERROR_HINTS } from '../../src/index.js'
import { type TestServer, testServer } from './test-server.js'

let server: TestServer
let projectId: string
beforeAll(async () => {
  server = await testServer()
  projectId = await server.project()
})
afterAll(() => server[Symbol.asyncDispose]())

describe('the server itself', () => {
  test('/healthz says that it is up and which version it is, not where its files are', async () => {
    const { status, json, text } = await server.call('GET /healthz')
    expect(status).toBe(200)
    expect(json).toEqual({ status: 'ok', version: expect.stringMatching(/^\d+\.\d+\.\d+/) })
    expect(text).not.toContain(server.folder)
  })

  test('/ says where to look', async () => {
    const { status, json } = await server.call('GET /')
    expect(status).toBe(200)
    for (const path of Object.values<string>(json.look_at))
      expect((await server.call(`GET ${path}`)).status).toBe(200)
  })

  test('/openapi.json is OpenAPI 3.1 and names every route', async () => {
    const document = await server.openapi()
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths ?? {}).sort()).toEqual([
      '/api/budgets',
      '/api/projects',
      '/api/projects/{project_id}',
      '/api/projects/{project_id}/chats',
      '/api/projects/{project_id}/chats/{chat_id}',
      '/api/projects/{project_id}/chats/{chat_id}/messages',
      '/api/projects/{project_id}/chats/{chat_id}/stats',
      '/api/projects/{project_id}/llm-requests',
      '/api/projects/{project_id}/llm-requests/{id}',
      '/api/projects/{project_id}/stats',
      '/api/stats',
      '/healthz',
      '/v1/traces',
    ])
  })
})

describe('X-Request-Id', () => {
  test.each([
    'GET /healthz',
    'GET /nowhere',
    'PUT /api/projects',
    'GET /api/projects/nobody',
    'GET /%zz',
    'POST /api/projects',
  ])('%s has one', async (request) => {
    const { headers } = await server.call(request)
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  })

  test.each(['abc', 'A.b_c-1', 'x'.repeat(128)])("the caller's %s is echoed", async (id) => {
    const { headers } = await server.call('GET /healthz', { headers: { 'x-request-id': id } })
    expect(headers['x-request-id']).toBe(id)
  })

  test.each(['', 'a b', 'x'.repeat(129), 'a"b', '../x', 'a,b'])("the caller's %j is replaced", async (id) => {
    const { headers } = await server.call('GET /healthz', { headers: { 'x-request-id': id } })
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('who may call', () => {
  test.each<[Record<string, string>, number, string | undefined]>([
    [{ host: 'localhost:4600' }, 200, undefined],
    [{ host: '127.0.0.1:4600' }, 200, undefined],
    [{ host: '[::1]:4600' }, 200, undefined],
    [{ host: 'evil.example' }, 403, 'FORBIDDEN_HOST'],
    [{ host: 'localhost.evil.example' }, 403, 'FORBIDDEN_HOST'],
    [{ host: 'localhost', origin: 'http://localhost' }, 200, undefined],
    [{ host: 'localhost', origin: 'http://evil.example' }, 403, 'FORBIDDEN_ORIGIN'],
    [{ host: 'localhost', origin: 'null' }, 403, 'FORBIDDEN_ORIGIN'],
    [{ host: 'localhost', origin: 'https://localhost' }, 403, 'FORBIDDEN_ORIGIN'],
  ])('%j: %i', async (headers, status, code) => {
    const answer = await server.call('GET /api/projects', { headers })
    expect([answer.status, answer.json.error]).toEqual([status, code])
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
  })

  test.each(['GET /nowhere', 'OPTIONS /api/projects', 'POST /api/projects'])(
    '%s from elsewhere is refused before anything else',
    async (request) => {
      const { status } = await server.call(request, { headers: { host: 'evil.example' } })
      expect(status).toBe(403)
    },
  )
})

describe('what is not there', () => {
  test.each([
    'GET /nowhere',
    'GET /api',
    'GET /api/projects/a/b',
    'POST /',
    'GET /api/projects/',
    'GET /..%2f..%2fetc/passwd',
  ])('%s', async (request) => {
    const { status, json } = await server.call(request)
    expect(status === 404 || status === 405 || status === 400).toBe(true)
    expect(json.error).toMatch(/^(NOT_FOUND|METHOD_NOT_ALLOWED|INVALID_PROJECT_ID)$/)
  })

  test.each([
    ['PUT /api/projects', 'GET, HEAD, POST'],
    ['DELETE /api/projects/x', 'GET, HEAD'],
    ['POST /api/stats', 'GET, HEAD'],
    ['OPTIONS /api/projects', 'GET, HEAD, POST'],
    ['PATCH /healthz', 'GET, HEAD'],
  ])('%s is 405, allowed are %s', async (request, allow) => {
    const { status, json, headers } = await server.call(request, {
      headers: { 'content-type': 'text/plain' },
    })
    expect([status, json.error, headers.allow]).toEqual([405, 'METHOD_NOT_ALLOWED', allow])
  })
})

describe('bodies', () => {
  const post = (body: unknown, contentType = 'application/json') =>
    server.call('POST /api/projects', { body, headers: { 'content-type': contentType } })

  test.each<[string, unknown]>([
    ['nothing', ''],
    ['white space', '  \n'],
    ['half an object', '{"name":"A"'],
    ['two values', '{"name":"A"}{"name":"B"}'],
    ['a byte order mark', '\uFEFF{"name":"A"}'],
    ['a key given twice', '{"name":"A","name":"B"}'],
    ['a key given twice in two spellings', '{"name":"A","n\\u0061me":"B"}'],
    ['a comment', '{"name":"A"} // x'],
    ['NaN', '{"name":NaN}'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['UTF-16', Buffer.from('{"name":"A"}', 'utf16le')],
    ['bottomless nesting', '['.repeat(100_000) + ']'.repeat(100_000)],
  ])('%s is bad JSON', async (_name, body) => {
    const { status, json, text } = await post(body)
    expect([status, json.error]).toEqual([400, 'BAD_JSON'])
    expect(text).not.toContain('at JSON.parse')
  })

  test.each([
    ['application/json', 201],
    ['application/json; charset=utf-8', 201],
    ['Application/JSON;charset="UTF-8"', 201],
    ['application/json; charset=latin1', 415],
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['multipart/form-data; boundary=x', 415],
    ['application/jsonp', 415],
    ['application/xml', 415],
    ['nonsense', 415],
  ])('the content type %s: %i', async (contentType, expected) => {
    const { status, json } = await post('{"name":"Typed"}', contentType)
    expect(status).toBe(expected)
    if (expected === 415) expect(json.error).toBe('UNSUPPORTED_MEDIA_TYPE')
  })

  test('a body of 16 MiB is read, one byte more is 413', async () => {
    const limit = 16 * 1024 * 1024
    const padded = (size: number): Buffer => Buffer.concat([Buffer.from('{}'), Buffer.alloc(size - 2, ' ')])
    expect((await post(padded(limit))).json.error).toBe('INVALID_NAME')
    const { status, json } = await post(padded(limit + 1))
    expect([status, json.error]).toEqual([413, 'BODY_TOO_LARGE'])
  })
})

test('every error has the one shape, a known code and its hint', async () => {
  for (const request of [
    'GET /nowhere',
    'PUT /api/projects',
    'GET /api/projects/nobody',
    'GET /%zz',
    'POST /api/projects',
  ]) {
    const { json } = await server.call(request)
    expect(Object.keys(json)).toEqual(['error', 'message', 'details'])
    const hints: Record<string, string> = ERROR_HINTS
    expect(json.details.hint).toBe(hints[json.error])
    expect(json.message).toEqual(expect.any(String))
  }
})

test('answers are not stored, sniffed or rendered', async () => {
  for (const request of ['GET /healthz', 'GET /nowhere', `GET /api/projects/${projectId}`, 'GET /%zz']) {
    const { headers } = await server.call(request)
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'content-type': 'application/json; charset=utf-8',
    })
  }
})
