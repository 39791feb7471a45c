import { gzipSync } from 'node:zlib'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chat, exportOf, protobufOf } from '../otlp/spans.js'
import { expectDocumented } from './answer-schema.js'
import { type TestServer, testServer } from './test-server.js'

const TRACES = 'POST /v1/traces'
const PROTOBUF = { 'content-type': 'application/x-protobuf' }
const GZIP = { 'content-encoding': 'gzip' }
const MAX = 16 * 1024 * 1024

let server: TestServer
let projectId: string
beforeAll(async () => {
  server = await testServer()
  projectId = await server.project()
})
afterAll(() => server[Symbol.asyncDispose]())

describe('bad bodies', () => {
  const good = Buffer.from(JSON.stringify(exportOf([chat(1)])))
  const bomb = gzipSync(Buffer.alloc(MAX + 1, 0x20))
  const rows: readonly (readonly [string, number, string, object])[] = [
    ['a gzip bomb', 413, 'BODY_TOO_LARGE', { headers: GZIP, body: bomb }],
    ['a gzip bomb in protobuf', 413, 'BODY_TOO_LARGE', { headers: { ...PROTOBUF, ...GZIP }, body: bomb }],
    ['more than 16 MiB', 413, 'BODY_TOO_LARGE', { body: Buffer.alloc(MAX + 1, 0x20) }],
    ...[0, 1, 2].map((depth): readonly [string, number, string, object] => [
      `millions of empty ${['groups', 'scopes', 'spans'][depth]} in a small gzip`,
      413,
      'BODY_TOO_LARGE',
      { headers: { ...PROTOBUF, ...GZIP }, body: gzipSync(emptySpans(depth)) },
    ]),
    [
      'many empty spans in JSON',
      413,
      'BODY_TOO_LARGE',
      { body: `{"resourceSpans":[{"scopeSpans":[{"spans":[${'{},'.repeat(50_000)}{}]}]}]}` },
    ],
    ['gzip in gzip', 400, 'BAD_OTLP', { headers: GZIP, body: gzipSync(gzipSync(good)) }],
    [
      'gzip in gzip by its header',
      415,
      'UNSUPPORTED_ENCODING',
      { headers: { 'content-encoding': 'gzip, gzip' }, body: gzipSync(gzipSync(good)) },
    ],
    ['cut gzip', 400, 'BAD_OTLP', { headers: GZIP, body: gzipSync(good).subarray(0, -9) }],
    ['no gzip', 400, 'BAD_OTLP', { headers: GZIP, body: good }],
    ['gzip that is not named', 400, 'BAD_JSON', { body: gzipSync(good) }],
    ['deflate', 415, 'UNSUPPORTED_ENCODING', { headers: { 'content-encoding': 'deflate' }, body: good }],
    [
      'an encoding that nobody knows',
      415,
      'UNSUPPORTED_ENCODING',
      { headers: { 'content-encoding': 'zstd' }, body: good },
    ],
    ['a text', 415, 'UNSUPPORTED_MEDIA_TYPE', { headers: { 'content-type': 'text/plain' }, body: good }],
    ['cut JSON', 400, 'BAD_JSON', { body: good.subarray(0, -5) }],
    ['no JSON at all', 400, 'BAD_JSON', { body: '' }],
    ['a key given twice', 400, 'BAD_JSON', { body: '{"resourceSpans":[],"resourceSpans":[]}' }],
    [
      'bottomless JSON',
      400,
      'BAD_JSON',
      { body: `{"resourceSpans":${'['.repeat(5000)}${']'.repeat(5000)}}` },
    ],
    [
      'cut protobuf',
      400,
      'BAD_OTLP',
      { headers: PROTOBUF, body: protobufOf(exportOf([chat(1)])).subarray(0, -3) },
    ],
    ['JSON named protobuf', 400, 'BAD_OTLP', { headers: PROTOBUF, body: good }],
    [
      'recursive protobuf',
      400,
      'BAD_OTLP',
      { headers: PROTOBUF, body: protobufOf(exportOf([chat(1, { deep: nested(200) })])) },
    ],
    ['no project', 400, 'INVALID_PROJECT_ID', { body: exportOf([chat(1)]) }],
    [
      'a header with a project that is not there',
      404,
      'PROJECT_NOT_FOUND',
      { headers: { 'x-ledgerline-project': 'nobody' }, body: exportOf([chat(1)]) },
    ],
    [
      'a header with a chat that is no id',
      400,
      'INVALID_CHAT_ID',
      { headers: { 'x-ledgerline-chat': '../x' }, body: exportOf([chat(1)]) },
    ],
  ]

  test.each(rows)('%s is %i %s', async (_name, status, code, call) => {
    const before = await server.ledger.getStats({ type: 'global' })
    const answer = await server.call(TRACES, call)
    expect(answer).toMatchObject({ status, json: { error: code } })
    await expectDocumented(server, TRACES, status, answer.json)
    const after = await server.ledger.getStats({ type: 'global' })
    expect(after.summary.totalRequests).toBe(before.summary.totalRequests)
  })

  test('keys of the prototype are data', async () => {
    const request = exportOf([chat(1, { '__proto__.x': 'y', constructor: 'c', ['__proto__']: 'z' })], {
      'ledgerline.project_id': projectId,
    })
    const body = JSON.stringify(request).replace('{"resourceSpans"', '{"__proto__":{"x":1},"resourceSpans"')
    expect((await server.call(TRACES, { body })).status).toBe(200)
    const { entries } = await server.ledger.getLLMRequestLogs({ projectId })
    expect(entries).toHaveLength(1)
    expect('x' in {}).toBe(false)
  })

  test('another origin is refused', async () => {
    const headers = { origin: 'https://evil.example' }
    expect((await server.call(TRACES, { headers, body: exportOf([chat(1)]) })).status).toBe(403)
  })

  test('the rest of the API still takes JSON only', async () => {
    const url = `POST /api/projects/${projectId}/llm-requests`
    expect((await server.call(url, { headers: PROTOBUF, body: new Uint8Array([1]) })).status).toBe(415)
  })
})

function nested(depth: number): unknown {
  return depth === 0 ? 'x' : [nested(depth - 1)]
}

/** Almost 16 MiB of empty messages, in a resource and a scope when they are spans. */
function emptySpans(depth: number): Uint8Array {
  let bytes = Buffer.alloc(MAX - 64, Buffer.from(depth === 0 ? '0a00' : '1200', 'hex'))
  for (let at = depth; at > 0; at -= 1) {
    const head = new BinaryWriter().tag(at === 1 ? 1 : 2, WireType.LengthDelimited).uint32(bytes.length)
    bytes = Buffer.concat([head.finish(), bytes])
  }
  return bytes
}
