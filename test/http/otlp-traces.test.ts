import { mkdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { BinaryReader } from '@bufbuild/protobuf/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LoggedEntry } from '../../src/index.js'
import { CHAT, chat, exportOf, protobufOf, START, span, spanId, type Values } from '../otlp/spans.js'
import { expectDocumented } from './answer-schema.js'
import { type Answer, type TestServer, testServer } from './test-server.js'

const TRACES = 'POST /v1/traces'
const PROTOBUF = { 'content-type': 'application/x-protobuf' }
const GZIP = { 'content-encoding': 'gzip' }

let server: TestServer
let projectId: string
beforeAll(async () => {
  server = await testServer()
  projectId = await server.project()
})
afterAll(() => server[Symbol.asyncDispose]())

let traces = 0
/** A trace of its own for each test, with its project. */
function exported(spans: (traceId: string) => readonly unknown[], resource: Values = {}) {
  traces += 1
  const traceId = traces.toString(16).padStart(32, 'a')
  return { traceId, request: exportOf(spans(traceId), { 'ledgerline.project_id': projectId, ...resource }) }
}

async function entriesIn(traceId: string): Promise<LoggedEntry[]> {
  const { entries } = await server.ledger.getLLMRequestLogs({ projectId, limit: 1000 })
  return entries.filter(({ id }) => id.includes(traceId))
}

describe('an export', () => {
  const rows: readonly (readonly [string, (request: ReturnType<typeof exportOf>) => object])[] = [
    ['in JSON', (request) => ({ body: request })],
    ['in JSON and gzip', (request) => ({ headers: GZIP, body: gzipSync(JSON.stringify(request)) })],
    [
      'in JSON, named identity',
      (request) => ({ headers: { 'content-encoding': 'identity' }, body: request }),
    ],
    [
      'in JSON with a charset',
      (request) => ({ headers: { 'content-type': 'application/json; charset=utf-8' }, body: request }),
    ],
    ['in protobuf', (request) => ({ headers: PROTOBUF, body: protobufOf(request) })],
    [
      'in protobuf and gzip',
      (request) => ({ headers: { ...PROTOBUF, ...GZIP }, body: gzipSync(protobufOf(request)) }),
    ],
  ]

  test.each(rows)('%s is logged, and answered in its own encoding', async (_name, callOf) => {
    const { traceId, request } = exported((traceId) => [chat(1, {}, { traceId })])
    const answer = await server.call(TRACES, callOf(request))
    expect(answer.status).toBe(200)
    if (_name.includes('protobuf')) {
      expect(answer.headers['content-type']).toBe('application/x-protobuf')
      expect(answer.text).toBe('')
    } else {
      expect(answer.json).toEqual({})
      await expectDocumented(server, TRACES, 200, answer.json)
    }
    expect(await entriesIn(traceId)).toMatchObject([
      { id: `otlp-${traceId}-${spanId(1)}`, model: 'gpt-4o', cost: { source: 'price_book' } },
    ])
  })

  test('sent again replaces itself', async () => {
    const { traceId, request } = exported((traceId) => [chat(1, {}, { traceId }), chat(2, {}, { traceId })])
    const before = await server.ledger.getStats({ type: 'project', projectId })
    for (let times = 0; times < 3; times++) {
      expect((await server.call(TRACES, { body: request })).status).toBe(200)
    }
    const after = await server.ledger.getStats({ type: 'project', projectId })
    expect(after.summary.totalRequests).toBe(before.summary.totalRequests + 2)
    expect(after.summary.totalTokens).toBe(before.summary.totalTokens + 240)
    expect(await entriesIn(traceId)).toHaveLength(2)
  })

  test('without spans is well', async () => {
    expect(await server.call(TRACES, { body: {} })).toMatchObject({ status: 200, json: {} })
    expect(await server.call(TRACES, { headers: PROTOBUF, body: new Uint8Array() })).toMatchObject({
      status: 200,
    })
  })

  test('keeps nothing that was said', async () => {
    const { traceId, request } = exported((traceId) => [
      chat(1, { 'gen_ai.input.messages': 'a private question', 'ai.prompt': 'private' }, { traceId }),
    ])
    await server.call(TRACES, { body: request })
    const [entry] = await entriesIn(traceId)
    expect(JSON.stringify(entry)).not.toContain('private')
    expect(entry?.messages_included).toEqual([])
    expect(await server.ledger.readChat(projectId, 'otlp')).toEqual([])
  })

  test('with secrets in every text keeps none of them', async () => {
    const secret = `sk-proj-${'aB3'.repeat(16)}`
    const { traceId, request } = exported((traceId) => [
      chat(
        1,
        {
          'error.type': `Bad ${secret}`,
          'server.address': `https://${secret}`,
          'user.id': secret,
          'gen_ai.response.id': secret,
        },
        { traceId, name: secret, status: { code: 2, message: `Incorrect API key: ${secret}` } },
      ),
    ])
    expect((await server.call(TRACES, { body: request })).status).toBe(200)
    const found = await entriesIn(traceId)
    expect(found).toHaveLength(1)
    expect(JSON.stringify(found)).not.toContain(secret)
  })
})

describe('bad spans among good ones', () => {
  const bad: readonly (readonly [string, Values, Record<string, unknown>])[] = [
    ['a zero span id', {}, { spanId: '0'.repeat(16) }],
    ['a doubled span id', {}, { spanId: spanId(1) }],
    ['an end before its start', {}, { endTimeUnixNano: String(START - 1n) }],
    ['a model of 300 characters', { 'gen_ai.request.model': 'm'.repeat(300) }, {}],
    ['a chat that is no id', { 'ledgerline.chat_id': '../x' }, {}],
    ['a project that is not there', { 'ledgerline.project_id': 'nobody' }, {}],
    ['a project that is a path', { 'ledgerline.project_id': '../../etc' }, {}],
  ]

  test.each(bad)('%s: 99 of 100 are logged, in both encodings', async (_name, attributes, more) => {
    const spansOf = (traceId: string) => [
      ...Array.from({ length: 99 }, (_, at) => chat(at + 1, {}, { traceId })),
      chat(100, attributes, { traceId, ...more }),
    ]
    const json = exported(spansOf)
    const answer = await server.call(TRACES, { body: json.request })
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual({
      partialSuccess: { rejectedSpans: 1, errorMessage: expect.stringMatching(/^refused: .+ \(1\)$/) },
    })
    await expectDocumented(server, TRACES, 200, answer.json)
    expect(await entriesIn(json.traceId)).toHaveLength(99)

    const binary = exported(spansOf)
    const bytes = await server.call(TRACES, { headers: PROTOBUF, body: protobufOf(binary.request) })
    expect(bytes.status).toBe(200)
    const reader = new BinaryReader(Buffer.from(bytes.text))
    expect([reader.uint32() >> 3, reader.uint32() > 0, reader.uint32() >> 3, Number(reader.int64())]).toEqual(
      [1, true, 1, 1],
    )
    expect(await entriesIn(binary.traceId)).toHaveLength(99)
  })
})

describe('the project and the chat', () => {
  const bare = { 'ledgerline.project_id': undefined }
  const place = async (
    headers: Record<string, string>,
    attributes: Values,
  ): Promise<LoggedEntry | undefined> => {
    const { traceId, request } = exported((traceId) => [chat(1, attributes, { traceId })], bare)
    const { status, text }: Answer = await server.call(TRACES, { headers, body: request })
    expect(status, text).toBe(200)
    return (await entriesIn(traceId))[0]
  }

  test.each([
    ['headers', { 'x-ledgerline-project': 'support-bot', 'x-ledgerline-chat': 'c1' }, {}, 'c1'],
    ['the slug in an attribute', {}, { 'ledgerline.project_id': 'support-bot', 'session.id': 's1' }, 's1'],
    ['the name in an attribute', {}, { 'ledgerline.project_id': 'Support bot' }, 'otlp'],
    [
      'an attribute before the header',
      { 'x-ledgerline-project': 'nobody' },
      { 'ledgerline.project_id': 'support-bot' },
      'otlp',
    ],
    ['a project that is called as the service', {}, { 'service.name': 'support-bot' }, 'support-bot'],
  ])('by %s', async (_name, headers, attributes, chatId) => {
    expect(await place(headers, attributes)).toMatchObject({ project_id: projectId, chat_id: chatId })
  })

  test('none is made silently', async () => {
    await server.call(TRACES, { body: exportOf([chat(1, { 'service.name': 'brand new' })]) })
    expect(await server.ledger.listProjects()).toHaveLength(1)
  })
})

test('a disk that refuses is 503 with Retry-After, and afterwards the same export is logged once', async () => {
  const { id, paths } = await server.ledger.createProject({ name: 'Full disk' })
  const blocked = join(paths.logsDir, 'llm_requests.jsonl')
  await mkdir(blocked)
  const request = exportOf([span(1, CHAT), span(2, CHAT)], { 'ledgerline.project_id': id })
  const answer = await server.call(TRACES, { body: request })
  expect(answer.status).toBe(503)
  expect(answer.headers['retry-after']).toMatch(/^\d+$/)
  expect(answer.text).not.toContain(server.folder)
  await rmdir(blocked)
  for (let times = 0; times < 2; times++) {
    expect((await server.call(TRACES, { body: request })).status).toBe(200)
  }
  const { summary } = await server.ledger.getStats({ type: 'project', projectId: id })
  expect(summary).toMatchObject({ totalRequests: 2, totalTokens: 240 })
})

test('a closed ledger is 503 with Retry-After', async () => {
  await using closing = await testServer()
  await closing.project()
  await closing.ledger.close()
  const body = exportOf([chat(1)], { 'ledgerline.project_id': 'support-bot' })
  for (const call of [{ body }, { headers: PROTOBUF, body: protobufOf(body) }]) {
    const answer = await closing.call(TRACES, call)
    expect(answer).toMatchObject({ status: 503, json: { error: 'LEDGER_CLOSED' } })
    expect(answer.headers).toHaveProperty('retry-after')
  }
})
