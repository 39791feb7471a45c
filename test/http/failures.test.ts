import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createServer } from '../../src/http/server.js'
import { type Ledger, openLedger } from '../../src/index.js'

let folder: string
let ledger: Ledger
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-failures-'))
  ledger = await openLedger({
    workspace: join(folder, 'workspace'),
    systemLog: { level: 'debug', pretty: false },
  })
})
afterEach(async () => {
  await ledger.close()
  await rm(folder, { recursive: true, force: true })
})

const logOf = (url: string, entry: object, headers = {}) =>
  ({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload: entry,
  }) as const

test('a disk that refuses is 503 with Retry-After, and says nothing of the machine', async () => {
  const { id, paths } = await ledger.createProject({ name: 'A' })
  await mkdir(join(paths.logsDir, 'llm_requests.jsonl'))
  const app = await createServer({ ledger })
  const answer = await app.inject(logOf(`/api/projects/${id}/llm-requests`, { chat_id: 'c', model: 'm' }))
  await app.close()
  expect(answer.statusCode).toBe(503)
  expect(answer.headers['retry-after']).toMatch(/^\d+$/)
  expect(answer.json()).toMatchObject({ error: expect.stringMatching(/^(LOG_WRITE_ERROR|PATH_IS_SYMLINK)$/) })
  expect(answer.body).not.toContain(folder)
  expect(answer.body).not.toContain('.ts:')
})

test('a closed ledger is 503', async () => {
  const { id } = await ledger.createProject({ name: 'A' })
  const app = await createServer({ ledger })
  await ledger.close()
  const answer = await app.inject(logOf(`/api/projects/${id}/llm-requests`, { chat_id: 'c', model: 'm' }))
  await app.close()
  expect(answer.statusCode).toBe(503)
  expect(answer.headers).toHaveProperty('retry-after')
  expect(answer.json()).toMatchObject({ error: 'LEDGER_CLOSED' })
})

test('an error nobody expected is 500 without its text, which the system log has', async () => {
  // The one stand-in: there is no honest way to make the ledger throw what it never throws.
  const broken: Ledger = {
    ...ledger,
    listProjects: () => Promise.reject(new TypeError(`secret detail in ${folder}`)),
  }
  const app = await createServer({ ledger: broken })
  const answer = await app.inject({ url: '/api/projects', headers: { 'x-request-id': 'follow-me' } })
  await app.close()
  expect(answer.statusCode).toBe(500)
  expect(answer.json().error).toBe('INTERNAL_ERROR')
  expect(answer.body).not.toContain('secret')
  await ledger.close()
  const lines = await systemLines('follow-me')
  expect(JSON.stringify(lines)).toContain('secret detail')
})

test('one request can be followed through the system log', async () => {
  const { id } = await ledger.createProject({ name: 'A' })
  const app = await createServer({ ledger })
  const entry = { id: 'entry-1', chat_id: 'c', model: 'm' }
  await app.inject(logOf(`/api/projects/${id}/llm-requests`, entry, { 'x-request-id': 'follow-me' }))
  await app.inject({ url: '/healthz' })
  await app.close()
  await ledger.close()
  const lines = await systemLines('follow-me')
  expect(lines).toMatchObject([
    { llm_request_id: 'entry-1' },
    {
      method: 'POST',
      route: '/api/projects/:project_id/llm-requests',
      status: 201,
      duration_ms: expect.any(Number),
    },
  ])
})

async function systemLines(requestId: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(join(ledger.workspace, 'logs/system.jsonl'), 'utf8')
  const lines = text.trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line)).filter((line) => line.request_id === requestId)
}
