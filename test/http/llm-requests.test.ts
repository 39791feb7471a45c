import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { expectDocumented } from './answer-schema.js'
import { type TestServer, testServer } from './test-server.js'

let server: TestServer
let projectId: string
let requests: string
beforeEach(async () => {
  server = await testServer()
  projectId = await server.project()
  requests = `/api/projects/${projectId}/llm-requests`
})
afterEach(() => server[Symbol.asyncDispose]())

const ROUTE = '/api/projects/{project_id}/llm-requests'
const entry = { chat_id: 'c1', model: 'openai/gpt-4o', status: 'success' }

const logFile = () => join(server.ledger.workspace, 'projects/support-bot/logs/llm_requests.jsonl')

describe('POST an entry', () => {
  test('is in the file when it is answered', async () => {
    const { status, json } = await server.call(`POST ${requests}`, {
      body: { ...entry, id: 'r1', usage: { prompt_tokens: 10, completion_tokens: 5 }, latency_ms: 120 },
    })
    expect(status).toBe(201)
    expect(json).toEqual({ id: 'r1', logged: true, timestamp: expect.stringMatching(/^\d{4}-.*Z$/) })
    await expectDocumented(server, `POST ${ROUTE}`, 201, json)
    const lines = (await readFile(logFile(), 'utf8')).trimEnd().split('\n')
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      id: 'r1',
      project_id: projectId,
      usage: { total_tokens: 15 },
      timings: { latency_ms: 120 },
    })
  })

  test('keeps fields it does not know, whatever their case', async () => {
    const extra = {
      camelCase: 1,
      snake_case: 2,
      metadata: { userTier: 'gold', 'a.b': [null] },
      params: { topP: 1 },
    }
    const { json } = await server.call(`POST ${requests}`, { body: { ...entry, ...extra } })
    const { json: stored } = await server.call(`GET ${requests}/${json.id}`)
    expect(stored).toMatchObject(extra)
  })

  test('a key __proto__ stays a key and pollutes nothing', async () => {
    const body = `{"chat_id":"c1","model":"m","metadata":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}}`
    const { status, json } = await server.call(`POST ${requests}`, { body })
    expect(status).toBe(201)
    const { text } = await server.call(`GET ${requests}/${json.id}`)
    expect(text).toContain('"__proto__":{"polluted":true}')
    expect({}).not.toHaveProperty('polluted')
  })

  test('the project may be named again in the body', async () => {
    const { status } = await server.call(`POST ${requests}`, { body: { ...entry, project_id: projectId } })
    expect(status).toBe(201)
  })

  test.each<[string, unknown, string]>([
    ['another project in the body', { ...entry, project_id: 'other' }, 'INVALID_PROJECT_ID'],
    ['no model', { chat_id: 'c1' }, 'INVALID_MODEL'],
    ['no chat', { model: 'm' }, 'INVALID_CHAT_ID'],
    ['a chat that is a path', { ...entry, chat_id: '../../x' }, 'INVALID_CHAT_ID'],
    ['an id that is a path', { ...entry, id: '../../x' }, 'INVALID_ID'],
    ['an unknown status', { ...entry, status: 'done' }, 'INVALID_STATUS'],
    ['negative tokens', { ...entry, usage: { prompt_tokens: -1 } }, 'INVALID_USAGE'],
    ['tokens as a string', { ...entry, usage: { prompt_tokens: '5' } }, 'INVALID_USAGE'],
    [
      'tokens past the safe integers',
      `{"chat_id":"c1","model":"m","usage":{"prompt_tokens":9007199254740993}}`,
      'INVALID_USAGE',
    ],
    ['infinite latency', `{"chat_id":"c1","model":"m","latency_ms":1e400}`, 'INVALID_TIMINGS'],
    [
      'an end before its start',
      { ...entry, timestamp_start: '2026-01-02T00:00:00Z', timestamp_end: '2026-01-01T00:00:00Z' },
      'INVALID_TIMESTAMP_END',
    ],
    ['an array', [entry], 'INVALID_ENTRY'],
    ['null', null, 'INVALID_ENTRY'],
    ['a number', 5, 'INVALID_ENTRY'],
  ])('refuses %s', async (_name, body, code) => {
    const { status, json } = await server.call(`POST ${requests}`, { body })
    expect([status, json.error]).toEqual([400, code])
    await expectDocumented(server, `POST ${ROUTE}`, 400, json)
    expect((await server.ledger.getLLMRequestLogs({ projectId })).entries).toEqual([])
  })

  test('lists every problem, each with its field', async () => {
    const { json } = await server.call(`POST ${requests}`, {
      body: { status: 'done', usage: { prompt_tokens: -1 } },
    })
    const fields = json.details.problems.map((problem: { field: string }) => problem.field)
    expect(fields).toEqual(expect.arrayContaining(['chat_id', 'model', 'status', 'usage.prompt_tokens']))
  })

  test('an entry too large for a line is 413', async () => {
    const metadata = Array.from({ length: 10 }, () => 'x'.repeat(900_000))
    const { status, json } = await server.call(`POST ${requests}`, { body: { ...entry, metadata } })
    expect([status, json.error]).toEqual([413, 'ENTRY_TOO_LARGE'])
  })

  test('an unknown project is 404', async () => {
    const { status, json } = await server.call('POST /api/projects/nobody/llm-requests', { body: entry })
    expect([status, json.error]).toEqual([404, 'PROJECT_NOT_FOUND'])
  })
})

describe('GET entries', () => {
  beforeEach(async () => {
    const rows = [
      ['r1', 'c1', 'm1', 'success', '2026-01-01'],
      ['r2', 'c1', 'm2', 'error', '2026-01-02'],
      ['r3', 'c2', 'm1', 'success', '2026-01-03'],
      ['r4', 'c2', 'm2', 'timeout', '2026-01-04'],
      ['r5', 'c2', 'm1', 'success', '2026-01-05'],
    ] as const
    for (const [id, chat_id, model, status, day] of rows) {
      const timestamp_start = `${day}T12:00:00.000Z`
      await server.ledger.logLLMRequest({
        id,
        project_id: projectId,
        chat_id,
        model,
        status,
        timestamp_start,
        timestamp_end: timestamp_start,
        user_id: `user-${chat_id}`,
        metadata: { tier: model === 'm1' ? 'gold' : 'free' },
      })
    }
  })

  const idsOf = async (query: string): Promise<string[]> => {
    const { json } = await server.call(`GET ${requests}?${query}`)
    return json.entries.map((found: { id: string }) => found.id)
  }

  test.each([
    ['', ['r5', 'r4', 'r3', 'r2', 'r1']],
    ['chat_id=c1', ['r2', 'r1']],
    ['status=error', ['r2']],
    ['status=error&status=timeout', ['r4', 'r2']],
    ['filter.status=error', ['r2']],
    ['model=m1', ['r5', 'r3', 'r1']],
    ['from_date=2026-01-04', ['r5', 'r4']],
    ['to_date=2026-01-02', ['r2', 'r1']],
    ['to_date=2026-01-02T14:00:00+02:00', ['r2', 'r1']],
    ['from_date=2026-01-02&to_date=2026-01-04&model=m2', ['r4', 'r2']],
    ['filter.user=user-c1', ['r2', 'r1']],
    ['filter.metadata.tier=free', ['r4', 'r2']],
    ['limit=2', ['r5', 'r4']],
    ['model=nothing', []],
  ])('?%s', async (query, ids) => {
    expect(await idsOf(query)).toEqual(ids)
  })

  test('pages hold each entry once', async () => {
    const ids: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const { json } = await server.call(`GET ${requests}?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
      await expectDocumented(server, `GET ${ROUTE}`, 200, json)
      ids.push(...json.entries.map((found: { id: string }) => found.id))
      cursor = json.next_cursor
    }
    expect(ids).toEqual(['r5', 'r4', 'r3', 'r2', 'r1'])
  })

  test.each([
    ['limit=0', 'INVALID_OPTION'],
    ['limit=1001', 'INVALID_OPTION'],
    ['from_date=yesterday', 'INVALID_DATE'],
    ['from_date=2026-02-30', 'INVALID_DATE'],
    ['timezone=Mars/Olympus', 'INVALID_TIMEZONE'],
    ['cursor=!!', 'INVALID_CURSOR'],
    ['chat_id=../x', 'INVALID_CHAT_ID'],
    ['filter.colour=red', 'INVALID_REQUEST'],
    ['filter.status=sucess', 'INVALID_FILTER'],
    ['status=sucess', 'INVALID_FILTER'],
    ['form_date=2026-01-01', 'INVALID_REQUEST'],
  ])('refuses ?%s', async (query, code) => {
    const { status, json } = await server.call(`GET ${requests}?${query}`)
    expect([status, json.error]).toEqual([400, code])
    await expectDocumented(server, `GET ${ROUTE}`, 400, json)
  })

  test('one entry by its id, by its final state', async () => {
    await server.ledger.logLLMRequest({ id: 'p1', project_id: projectId, chat_id: 'c1', model: 'm1' })
    expect((await server.call(`GET ${requests}/p1`)).json.status).toBe('pending')
    await server.ledger.logLLMRequest({
      id: 'p1',
      project_id: projectId,
      chat_id: 'c1',
      model: 'm1',
      status: 'error',
    })
    const { status, json } = await server.call(`GET ${requests}/p1`)
    expect([status, json.status]).toEqual([200, 'error'])
    await expectDocumented(server, `GET ${ROUTE}/{id}`, 200, json)
  })

  test("an unknown id is 404, and so is another project's", async () => {
    const other = await server.project('Other')
    await server.ledger.logLLMRequest({ id: 'theirs', project_id: other, chat_id: 'c1', model: 'm1' })
    for (const id of ['nothing', 'theirs']) {
      const { status, json } = await server.call(`GET ${requests}/${id}`)
      expect([status, json.error]).toEqual([404, 'REQUEST_NOT_FOUND'])
    }
  })
})
