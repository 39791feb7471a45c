import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DIMENSIONS } from '../../src/index.js'
import { near } from '../stats-equal.js'
import { expectDocumented } from './answer-schema.js'
import { type TestServer, testServer } from './test-server.js'

let server: TestServer
let projectId: string
let otherId: string

beforeAll(async () => {
  server = await testServer()
  projectId = await server.project()
  otherId = await server.project('Other')
  await server.ledger.createChat({ projectId, name: 'Refund', id: 'c1' })
  await server.ledger.createChat({ projectId, name: 'Silent', id: 'silent' })
  await server.ledger.appendMessage({ project_id: projectId, chat_id: 'c1', role: 'user', content: 'a' })
  await server.ledger.appendMessage({ project_id: projectId, chat_id: 'c1', role: 'user', content: 'b' })
  const rows = [
    [projectId, 'c1', 'camelCase/ModelOne', 'success', '2026-01-31T23:30:00.000Z', 100, 'gold'],
    [projectId, 'c1', 'm2', 'error', '2026-02-01T10:00:00.000Z', 300, 'free'],
    [projectId, 'c2', 'm2', 'success', '2026-02-02T10:00:00.000Z', 200, 'gold'],
    [otherId, 'c1', 'm2', 'success', '2026-02-02T11:00:00.000Z', 200, 'gold'],
  ] as const
  for (const [project_id, chat_id, model, status, timestamp_start, latency_ms, userTier] of rows) {
    await server.ledger.logLLMRequest({
      project_id,
      chat_id,
      model,
      status,
      timestamp_start,
      timestamp_end: timestamp_start,
      latency_ms,
      usage: { prompt_tokens: 10, completion_tokens: 5 },
      metadata: { userTier },
    })
  }
})
afterAll(() => server[Symbol.asyncDispose]())

const stats = (path: string) => server.call(`GET ${path}`)

describe('the scopes', () => {
  test('everything', async () => {
    const { status, json } = await stats('/api/stats')
    expect(status).toBe(200)
    expect(json.scope).toEqual({ type: 'global' })
    expect(json.summary).toMatchObject({ total_requests: 4, failed_requests: 1, total_tokens: 60 })
    await expectDocumented(server, 'GET /api/stats', 200, json)
  })

  test('a project', async () => {
    const { status, json } = await stats(`/api/projects/${projectId}/stats`)
    expect(status).toBe(200)
    const expected = {
      scope: { type: 'project', project_id: projectId },
      period: { from: '2026-01-31T23:30:00.000Z', to: '2026-02-02T10:00:00.000Z' },
      summary: {
        total_requests: 3,
        successful_requests: 2,
        failed_requests: 1,
        total_tokens: 45,
        prompt_tokens: 30,
        completion_tokens: 15,
        average_latency_ms: 200,
        error_rate: 1 / 3,
        latency_ms: { p50: 200, max: 300 },
        integrity: { damaged: 0 },
      },
      breakdown: [],
    }
    expect(near(json, expected)).toMatchObject(expected)
    expect(json.summary.estimated_cost).toEqual(expect.any(Number))
    expect(json.models['camelCase/ModelOne']).toMatchObject({
      requests: 1,
      tokens: 15,
      average_latency_ms: 100,
    })
    expect(json.models.m2).toMatchObject({ requests: 2, failed_requests: 1, cost: expect.any(Number) })
    await expectDocumented(server, 'GET /api/projects/{project_id}/stats', 200, json)
  })

  test('a chat, with its messages and models', async () => {
    const { status, json } = await stats(`/api/projects/${projectId}/chats/c1/stats`)
    expect(status).toBe(200)
    expect(json).toMatchObject({
      scope: { type: 'chat', project_id: projectId, chat_id: 'c1' },
      summary: { total_requests: 2 },
      message_count: 2,
      models_used: ['camelCase/ModelOne', 'm2'],
    })
    await expectDocumented(server, 'GET /api/projects/{project_id}/chats/{chat_id}/stats', 200, json)
  })

  test('a chat that only entries name has no messages', async () => {
    const { status, json } = await stats(`/api/projects/${projectId}/chats/c2/stats`)
    expect([status, json.message_count, json.summary.total_requests]).toEqual([200, 0, 1])
  })

  test('a chat without entries is all zeros', async () => {
    const { status, json } = await stats(`/api/projects/${projectId}/chats/silent/stats`)
    expect(status).toBe(200)
    expect(json).toMatchObject({
      period: { from: null, to: null },
      summary: { total_requests: 0, average_latency_ms: 0, estimated_cost: 0, error_rate: 0 },
      models: {},
      models_used: [],
    })
  })

  test.each([
    ['/api/projects/nobody/stats', 'PROJECT_NOT_FOUND'],
    ['/api/projects/nobody/chats/c1/stats', 'PROJECT_NOT_FOUND'],
  ])('%s is 404', async (path, code) => {
    const { status, json } = await stats(path)
    expect([status, json.error]).toEqual([404, code])
  })

  test('an unknown chat is 404', async () => {
    const { status, json } = await stats(`/api/projects/${projectId}/chats/nobody/stats`)
    expect([status, json.error]).toEqual([404, 'CHAT_NOT_FOUND'])
  })
})

describe('the options', () => {
  test.each<[string, unknown[]]>([
    [
      'group_by=day',
      [
        { period: '2026-01-31', requests: 1 },
        { period: '2026-02-01', requests: 1 },
        { period: '2026-02-02', requests: 1 },
      ],
    ],
    [
      'group_by=day&timezone=Europe/Berlin',
      [
        { period: '2026-02-01', requests: 2 },
        { period: '2026-02-02', requests: 1 },
      ],
    ],
    [
      'group_by=month',
      [
        { period: '2026-01', requests: 1 },
        { period: '2026-02', requests: 2 },
      ],
    ],
    [
      'group_by=week',
      [
        { period: '2026-01-26', requests: 2 },
        { period: '2026-02-02', requests: 1 },
      ],
    ],
    [
      'group_by=week&week_start=sunday',
      [
        { period: '2026-01-25', requests: 1 },
        { period: '2026-02-01', requests: 2 },
      ],
    ],
    [
      'group_by=model',
      [
        { model: 'camelCase/ModelOne', requests: 1 },
        { model: 'm2', requests: 2 },
      ],
    ],
    [
      'group_by=month,status',
      [
        { period: '2026-01', status: 'success' },
        { period: '2026-02', status: 'error' },
        { period: '2026-02', status: 'success' },
      ],
    ],
    [
      'group_by=month&group_by=status',
      [
        { period: '2026-01', status: 'success' },
        { period: '2026-02', status: 'error' },
        { period: '2026-02', status: 'success' },
      ],
    ],
    [
      'group_by=metadata.userTier',
      [
        { 'metadata.userTier': 'free', tokens: 15 },
        { 'metadata.userTier': 'gold', tokens: 30 },
      ],
    ],
  ])('?%s', async (query, rows) => {
    const { status, json } = await stats(`/api/projects/${projectId}/stats?${query}`)
    expect(status).toBe(200)
    expect(json.breakdown).toHaveLength(rows.length)
    expect(json.breakdown).toMatchObject(rows)
    await expectDocumented(server, 'GET /api/projects/{project_id}/stats', 200, json)
  })

  test.each([
    ['from_date=2026-02-01', 2],
    ['to_date=2026-01-31', 1],
    ['from_date=2026-02-01&to_date=2026-02-01', 1],
    ['from_date=2026-02-01&to_date=2026-02-01&timezone=Europe/Berlin', 2],
    ['from_date=2026-02-01T10:00:00Z&to_date=2026-02-01T10:00:00Z', 1],
    // The + of an offset is a space in a query string; both ways of writing it are meant.
    ['from_date=2026-02-01T12:00:00%2B02:00&to_date=2026-02-01T12:00:00%2B02:00', 1],
    ['from_date=2026-02-01T12:00:00+02:00&to_date=2026-02-01T12:00:00+02:00', 1],
    ['from_date=2026-02-01T12:00+0200&to_date=2026-02-01T12:00:00.000+0200', 1],
    ['filter.model=m2', 2],
    ['filter.model=m2&filter.status=error', 1],
    ['filter.model=m2&filter.model=camelCase/ModelOne', 3],
    ['filter.metadata.userTier=gold', 2],
    ['filter.model=nothing', 0],
  ])('?%s counts %i', async (query, total) => {
    const { json } = await stats(`/api/projects/${projectId}/stats?${query}`)
    expect(json.summary.total_requests).toBe(total)
  })

  test.each([
    ['from_date=yesterday', 'INVALID_DATE'],
    ['from_date=2026-02-02&to_date=2026-02-01', 'INVALID_DATE'],
    ['from_date=2026-02-02+02:00', 'INVALID_DATE'],
    ['from_date=2026-02-02T10:00:00+25:00', 'INVALID_DATE'],
    ['from_date=2026-02-02+10:00:00+02:00', 'INVALID_DATE'],
    ['from_date=a&from_date=b', 'INVALID_DATE'],
    ['group_by=colour', 'INVALID_GROUP_BY'],
    ['group_by=', 'INVALID_GROUP_BY'],
    ['group_by=day,', 'INVALID_GROUP_BY'],
    ['group_by=metadata.', 'INVALID_GROUP_BY'],
    ['timezone=Mars/Olympus', 'INVALID_TIMEZONE'],
    ['week_start=someday', 'INVALID_OPTION'],
    ['repriced=yes', 'INVALID_OPTION'],
    ['repriced=1', 'INVALID_OPTION'],
    ['filter.colour=red', 'INVALID_REQUEST'],
    ['filter.status=sucess', 'INVALID_FILTER'],
    ['filter.request_type=tools', 'INVALID_FILTER'],
    ['model=m2', 'INVALID_REQUEST'],
  ])('refuses ?%s', async (query, code) => {
    for (const path of [
      '/api/stats',
      `/api/projects/${projectId}/stats`,
      `/api/projects/${projectId}/chats/c1/stats`,
    ]) {
      const { status, json } = await stats(`${path}?${query}`)
      expect([status, json.error]).toEqual([400, code])
    }
  })
})

test('dates are called what the caller called them', async () => {
  const { json } = await stats('/api/stats?from_date=2026-02-02&to_date=2026-02-01')
  expect(json.details.problems).toMatchObject([
    { code: 'INVALID_DATE', field: 'from_date', message: expect.stringContaining('to_date') },
  ])
  expect(JSON.stringify(json)).not.toMatch(/(?:from|to)Date/)
  const echoed = await stats('/api/stats?timezone=toDate')
  expect(echoed.json.message).toContain('"toDate"')
})

test.each([
  ['groupBy=day', 'groupBy', 'did you mean group_by?'],
  ['group-by=day', 'group-by', 'did you mean group_by?'],
  ['fromDate=2026-02-02', 'fromDate', 'did you mean from_date?'],
  ['model=m2', 'model', 'did you mean filter.model?'],
  [
    'filter.userId=u1',
    'filter.userId',
    'known are from_date, to_date, group_by, timezone, week_start, repriced, filter.<dimension>',
  ],
])('an unknown parameter of ?%s is called as it was written', async (query, field, end) => {
  const { json } = await stats(`/api/stats?${query}`)
  const message = `is not known here; ${end}`
  expect(json.details.problems).toEqual([{ code: 'INVALID_REQUEST', field, message }])
  expect(json.message).toBe(`${field}: ${message}`)
})

test('an entry without a status is pending and no request, as the API page says', async () => {
  const id = await server.project('Open ended')
  const body = { chat_id: 'c1', model: 'm1', usage: { prompt_tokens: 10, completion_tokens: 5 } }
  expect((await server.call(`POST /api/projects/${id}/llm-requests`, { body })).status).toBe(201)
  const { json } = await stats(`/api/projects/${id}/stats`)
  expect(json.summary).toMatchObject({
    total_requests: 0,
    pending_requests: 1,
    total_tokens: 0,
    estimated_cost: 0,
  })
})

test('integrity is that of the scope, and a request that ended has two lines', async () => {
  const { summary: other } = (await stats(`/api/projects/${otherId}/stats`)).json
  const { summary: all } = (await stats('/api/stats')).json
  const id = await server.project('Counted')
  const entry = { project_id: id, chat_id: 'c1', model: 'm1' }
  await (await server.ledger.startLLMRequest(entry)).complete()
  expect((await server.call(`POST /api/projects/${id}/llm-requests`, { body: {} })).status).toBe(400)
  const { integrity } = (await stats(`/api/projects/${id}/stats`)).json.summary
  const expected = { received: 3, persisted: 2, rejected: 1, dropped: 0, damaged: 0, recovered: 0 }
  expect(integrity).toEqual(expected)
  expect((await stats(`/api/projects/${otherId}/stats`)).json.summary.integrity).toEqual(other.integrity)
  expect((await stats('/api/stats')).json.summary.integrity).toMatchObject({
    received: all.integrity.received + 3,
    persisted: all.integrity.persisted + 2,
    rejected: all.integrity.rejected + 1,
  })
})

test('of two periods the second has its own name', async () => {
  const { json } = await stats(`/api/projects/${otherId}/stats?group_by=day,month`)
  expect(json.breakdown).toMatchObject([{ period: '2026-02-02', month: '2026-02', requests: 1 }])
})

test('no key of any answer is camelCase but the names of models and metadata', async () => {
  const { json } = await stats(`/api/projects/${projectId}/chats/c1/stats?group_by=day,model`)
  const names = new Set<string>()
  JSON.stringify(json, (key, value) => {
    names.add(key)
    return value
  })
  expect([...names].filter((name) => /[A-Z]/.test(name))).toEqual(['camelCase/ModelOne'])
})

test('repriced: costs of today in place of those that were logged', async () => {
  const project_id = await server.project('Repriced')
  const usage = { prompt_tokens: 1_000_000, completion_tokens: 0 }
  const entry = { project_id, chat_id: 'c1', status: 'success', usage } as const
  await server.ledger.logLLMRequest({ ...entry, model: 'gpt-4o', cost: { amount: 9, source: 'price_book' } })
  await server.ledger.logLLMRequest({ ...entry, model: 'gpt-4o', cost: { amount: 1, source: 'provider' } })
  const costOf = async (query: string): Promise<unknown> =>
    (await stats(`/api/projects/${project_id}/stats${query}`)).json.summary.estimated_cost
  expect(await costOf('')).toBe(10)
  expect(await costOf('?repriced=false')).toBe(10)
  expect(await costOf('?repriced=true')).toBe(3.5)
})

describe('every dimension', () => {
  const routes = (): string[] => [
    '/api/stats',
    `/api/projects/${projectId}/stats`,
    `/api/projects/${projectId}/chats/c1/stats`,
  ]

  /** Of the others any text will do. */
  const nobodyHas = new Map([
    ['status', 'timeout'],
    ['request_type', 'image'],
  ])

  test.each([...DIMENSIONS, 'metadata.userTier', 'metadata.a.b'])(
    '%s is a filter and a group',
    async (name) => {
      const absent = nobodyHas.get(name) ?? 'nothing'
      for (const route of routes()) {
        const filtered = await stats(`${route}?filter.${name}=${absent}&filter.${name}=${absent}`)
        expect([filtered.status, filtered.json.summary.total_requests]).toEqual([200, 0])
        const grouped = await stats(`${route}?group_by=week,${name}`)
        expect(grouped.status).toBe(200)
        expect(grouped.json.breakdown.length).toBeGreaterThan(0)
        for (const row of grouped.json.breakdown) {
          expect(row).toHaveProperty(['period'])
          expect(row).toHaveProperty([name])
        }
      }
    },
  )

  test.each([
    ['group_by=modle', /group_by.*did you mean model/],
    ['group_by=day,weak', /group_by.*did you mean week/],
    ['timezone=Europe/Berln', /timezone.*did you mean Europe\/Berlin/],
  ])('%s: the nearest names are said', async (query, message) => {
    const { status, json } = await stats(`/api/stats?${query}`)
    expect([status, json.message]).toEqual([400, expect.stringMatching(message)])
  })
})
