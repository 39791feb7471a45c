import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { filesUnder, type TestServer, testServer } from './test-server.js'

let server: TestServer
let projectId: string
let filesBefore: string[]

beforeAll(async () => {
  server = await testServer()
  projectId = await server.project()
  await server.ledger.createChat({ projectId, name: 'A', id: 'good' })
  filesBefore = await filesUnder(server.folder)
})
afterAll(() => server[Symbol.asyncDispose]())

/** As they are meant to reach the ledger. */
const BAD_IDS: readonly (readonly [string, string])[] = [
  ['up', '../x'],
  ['up and down', 'a/../../b'],
  ['two dots', '..'],
  ['a dot', '.'],
  ['dots inside', 'a..b'],
  ['an encoded slash', '..%2fx'],
  ['an encoded dot', '%2e%2e'],
  ['a doubly encoded dot', '%252e'],
  ['a backslash', '..\\x'],
  ['a NUL', 'a\u0000b'],
  ['an option', '-rf'],
  ['a reversed name', 'a\u202Etxt'],
  ['300 characters', 'x'.repeat(300)],
  ['a device', 'CON'],
  ['a device with an extension', 'nul.txt'],
  ['a path parameter', ';../'],
  ['a space', ' '],
  ['a line end', 'a\nb'],
  ['an absolute path', '/etc/passwd'],
  ['a drive', 'C:\\x'],
  ['a composed letter', '\u00e9'],
  ['a decomposed letter', 'e\u0301'],
  ['a trailing dot', 'a.'],
  ['a home', '~'],
]

async function expectRefused(request: string, body?: unknown): Promise<void> {
  const { status, json, text } = await server.call(request, body === undefined ? {} : { body })
  expect([400, 404], `${request} -> ${status} ${text}`).toContain(status)
  expect(json.error).toMatch(/^(INVALID_|NOT_FOUND|BAD_REQUEST)/)
  expect(text).not.toContain(server.folder)
}

/** `inject`, like every URL parser, resolves these before they are sent; end-to-end.test.ts sends them as they are. */
const RESOLVED_IN_PATHS = new Set(['.', '..'])

describe.each(BAD_IDS.filter(([, id]) => !RESOLVED_IN_PATHS.has(id)))('%s in a path', (_name, id) => {
  const encoded = encodeURIComponent(id)

  test('as the project', async () => {
    for (const rest of [
      '',
      '/chats',
      '/stats',
      '/llm-requests',
      '/chats/good/messages',
      '/chats/good/stats',
    ]) {
      await expectRefused(`GET /api/projects/${encoded}${rest}`)
    }
    await expectRefused(`POST /api/projects/${encoded}/chats`, { name: 'A' })
    await expectRefused(`POST /api/projects/${encoded}/llm-requests`, { chat_id: 'c', model: 'm' })
  })

  test('as the chat', async () => {
    const chats = `/api/projects/${projectId}/chats`
    for (const rest of ['', '/messages', '/stats']) await expectRefused(`GET ${chats}/${encoded}${rest}`)
    await expectRefused(`POST ${chats}/${encoded}/messages`, { role: 'user', content: 'a' })
  })

  test('as the entry', async () => {
    await expectRefused(`GET /api/projects/${projectId}/llm-requests/${encoded}`)
  })
})

describe.each(BAD_IDS)('%s', (_name, id) => {
  test('in a body', async () => {
    const project = `/api/projects/${projectId}`
    await expectRefused(`POST ${project}/chats`, { name: 'A', id })
    await expectRefused(`POST ${project}/chats`, { name: 'A', forked_from_chat_id: id })
    await expectRefused(`POST ${project}/llm-requests`, { chat_id: id, model: 'm' })
    await expectRefused(`POST ${project}/llm-requests`, { chat_id: 'c', model: 'm', id })
    await expectRefused(`POST ${project}/llm-requests`, { chat_id: 'c', model: 'm', project_id: id })
    await expectRefused(`POST ${project}/chats/good/messages`, { role: 'user', content: 'a', id })
  })

  test('in a query', async () => {
    await expectRefused(`GET /api/projects/${projectId}/llm-requests?chat_id=${encodeURIComponent(id)}`)
  })
})

describe('as it is written in a path', () => {
  test.each([
    '/api/projects/..%2fx',
    '/api/projects/%252e',
    '/api/projects/..%5cx',
    '/api/projects/%00',
    '/api/projects/%zz',
    '/api/projects/%c0%ae',
  ])('%s', async (path) => {
    await expectRefused(`GET ${path}`)
  })
})

test('nothing was written anywhere but the count of what was rejected', async () => {
  const files = await filesUnder(server.folder)
  expect(files.filter((name) => !name.startsWith('workspace/logs/integrity/'))).toEqual(filesBefore)
})
