import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { expectDocumented } from './answer-schema.js'
import { type TestServer, testServer } from './test-server.js'

let server: TestServer
let projectId: string
beforeEach(async () => {
  server = await testServer()
  projectId = await server.project()
})
afterEach(() => server[Symbol.asyncDispose]())

const CHATS = '/api/projects/{project_id}/chats'

describe('POST chats', () => {
  test('makes a chat', async () => {
    const { status, json } = await server.call(`POST /api/projects/${projectId}/chats`, {
      body: { name: 'Refund', id: 'ticket-17', forked_from_chat_id: 'ticket-16', forked_at_message_id: 'm3' },
    })
    expect(status).toBe(201)
    expect(json).toMatchObject({
      id: 'ticket-17',
      project_id: projectId,
      name: 'Refund',
      status: 'active',
      forked_from_chat_id: 'ticket-16',
      forked_at_message_id: 'm3',
      storage_path: 'chats/ticket-17.jsonl',
    })
    await expectDocumented(server, `POST ${CHATS}`, 201, json)
  })

  test('makes an id when there is none', async () => {
    const { json } = await server.call(`POST /api/projects/${projectId}/chats`, { body: { name: 'Refund' } })
    expect(json.id).toMatch(/^[0-9a-f-]{36}$/)
    expect(json.forked_from_chat_id).toBeNull()
  })

  test.each<[string, unknown, string, string]>([
    ['no name', {}, 'INVALID_NAME', 'name'],
    ['a name of 201 characters', { name: 'x'.repeat(201) }, 'INVALID_NAME', 'name'],
    ['an id that is a path', { name: 'A', id: '../x' }, 'INVALID_CHAT_ID', 'id'],
    ['an id that is no string', { name: 'A', id: 5 }, 'INVALID_ID', 'id'],
    [
      'a fork of a path',
      { name: 'A', forked_from_chat_id: '../x' },
      'INVALID_CHAT_ID',
      'forked_from_chat_id',
    ],
    ['the project in the body', { name: 'A', project_id: 'other' }, 'INVALID_REQUEST', 'project_id'],
  ])('refuses %s', async (_name, body, code, field) => {
    const { status, json } = await server.call(`POST /api/projects/${projectId}/chats`, { body })
    expect(status).toBe(400)
    expect(json).toMatchObject({ error: code, details: { problems: [{ code, field }] } })
    expect(await server.ledger.listChats(projectId)).toEqual([])
  })

  test('refuses the id of another chat, also in another case', async () => {
    await server.ledger.createChat({ projectId, name: 'A', id: 'ticket' })
    for (const id of ['ticket', 'TICKET']) {
      const { status, json } = await server.call(`POST /api/projects/${projectId}/chats`, {
        body: { name: 'B', id },
      })
      expect([status, json.error]).toEqual([400, 'INVALID_CHAT_ID'])
    }
  })

  test('an unknown project is 404', async () => {
    const { status, json } = await server.call('POST /api/projects/nobody/chats', { body: { name: 'A' } })
    expect([status, json.error]).toEqual([404, 'PROJECT_NOT_FOUND'])
  })
})

test('GET chats lists those of the project only', async () => {
  const other = await server.project('Other')
  await server.ledger.createChat({ projectId, name: 'Mine', id: 'mine' })
  await server.ledger.createChat({ projectId: other, name: 'Theirs', id: 'theirs' })
  const { status, json } = await server.call(`GET /api/projects/${projectId}/chats`)
  expect(status).toBe(200)
  expect(json.chats.map((chat: { id: string }) => chat.id)).toEqual(['mine'])
  await expectDocumented(server, `GET ${CHATS}`, 200, json)
})

describe('GET one chat', () => {
  test('gives the chat', async () => {
    await server.ledger.createChat({ projectId, name: 'Refund', id: 'c1' })
    const { status, json } = await server.call(`GET /api/projects/${projectId}/chats/c1`)
    expect([status, json.name]).toEqual([200, 'Refund'])
    await expectDocumented(server, `GET ${CHATS}/{chat_id}`, 200, json)
  })

  test.each(['', '/messages', '/stats'])("another project's chat is 404 (%s)", async (path) => {
    const other = await server.project('Other')
    await server.ledger.createChat({ projectId: other, name: 'Theirs', id: 'theirs' })
    const { status, json } = await server.call(`GET /api/projects/${projectId}/chats/theirs${path}`)
    expect([status, json.error]).toEqual([404, 'CHAT_NOT_FOUND'])
  })

  test('an unknown project is 404', async () => {
    const { status, json } = await server.call('GET /api/projects/nobody/chats/c1')
    expect([status, json.error]).toEqual([404, 'PROJECT_NOT_FOUND'])
  })
})
