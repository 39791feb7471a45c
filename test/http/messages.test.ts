import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { expectDocumented } from './answer-schema.js'
import { type TestServer, testServer } from './test-server.js'

let server: TestServer
let projectId: string
let messages: string
beforeEach(async () => {
  server = await testServer()
  projectId = await server.project()
  await server.ledger.createChat({ projectId, name: 'Refund', id: 'c1' })
  messages = `/api/projects/${projectId}/chats/c1/messages`
})
afterEach(() => server[Symbol.asyncDispose]())

const ROUTE = '/api/projects/{project_id}/chats/{chat_id}/messages'

describe('POST a message', () => {
  test('stores it', async () => {
    const { status, json } = await server.call(`POST ${messages}`, {
      body: { role: 'user', content: 'Where is it?' },
    })
    expect(status).toBe(201)
    expect(json).toMatchObject({
      chat_id: 'c1',
      project_id: projectId,
      role: 'user',
      content: 'Where is it?',
      status: 'complete',
      include_in_context: true,
      is_discarded: false,
      llm_info: null,
    })
    await expectDocumented(server, `POST ${ROUTE}`, 201, json)
    expect(await server.ledger.readChat(projectId, 'c1')).toEqual([json])
  })

  test('takes one for a chat that was not created, as the API page says', async () => {
    const elsewhere = `/api/projects/${projectId}/chats/never-made/messages`
    expect((await server.call(`POST ${elsewhere}`, { body: { role: 'user', content: 'a' } })).status).toBe(
      201,
    )
    expect((await server.call(`GET ${elsewhere}`)).json.messages).toMatchObject([{ content: 'a' }])
    const nobody = await server.call('POST /api/projects/nobody/chats/c1/messages', {
      body: { role: 'user', content: 'a' },
    })
    expect([nobody.status, nobody.json.error]).toEqual([404, 'PROJECT_NOT_FOUND'])
  })

  test('keeps the keys of what the caller sent', async () => {
    const llm_info = {
      model: 'camelCase/Model',
      request_id: 'r1',
      usage: { prompt_tokens: 1, providerField: 2 },
    }
    const { json } = await server.call(`POST ${messages}`, {
      body: { role: 'assistant', content: 'There.', llm_info },
    })
    expect(json.llm_info).toMatchObject(llm_info)
  })

  test('the same id again gives its new state', async () => {
    await server.call(`POST ${messages}`, { body: { id: 'm1', role: 'user', content: 'a' } })
    await server.call(`POST ${messages}`, { body: { id: 'm1', role: 'user', content: 'a', is_pinned: true } })
    const { json } = await server.call(`GET ${messages}`)
    expect(json.messages).toMatchObject([{ id: 'm1', is_pinned: true }])
  })

  test.each<[string, unknown]>([
    ['no role', { content: 'a' }],
    ['a role that does not exist', { role: 'robot', content: 'a' }],
    ['no content', { role: 'user' }],
    ['content that is no string', { role: 'user', content: 5 }],
    ['content of 1,000,001 characters', { role: 'user', content: 'x'.repeat(1_000_001) }],
    ['an array', []],
  ])('refuses %s', async (_name, body) => {
    const { status, json } = await server.call(`POST ${messages}`, { body })
    expect([status, json.error]).toEqual([400, 'INVALID_MESSAGE'])
    await expectDocumented(server, `POST ${ROUTE}`, 400, json)
  })

  test.each(['project_id', 'chat_id'])('refuses another %s than that of the path', async (field) => {
    const { status, json } = await server.call(`POST ${messages}`, {
      body: { role: 'user', content: 'a', [field]: 'other' },
    })
    expect([status, json.error]).toEqual([400, `INVALID_${field.toUpperCase()}`])
  })

  test('an unknown project is 404', async () => {
    const { status, json } = await server.call('POST /api/projects/nobody/chats/c1/messages', {
      body: { role: 'user', content: 'a' },
    })
    expect([status, json.error]).toEqual([404, 'PROJECT_NOT_FOUND'])
  })
})

describe('GET messages', () => {
  test('gives pages, oldest first, each message once', async () => {
    for (const content of ['a', 'b', 'c', 'd', 'e']) {
      await server.ledger.appendMessage({ project_id: projectId, chat_id: 'c1', role: 'user', content })
    }
    const contents: string[][] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const { status, json } = await server.call(`GET ${messages}?limit=2${query}`)
      expect(status).toBe(200)
      await expectDocumented(server, `GET ${ROUTE}`, 200, json)
      contents.push(json.messages.map((message: { content: string }) => message.content))
      cursor = json.next_cursor
    }
    expect(contents).toEqual([['a', 'b'], ['c', 'd'], ['e']])
  })

  test('a chat without messages has an empty page', async () => {
    expect((await server.call(`GET ${messages}`)).json).toEqual({ messages: [], next_cursor: null })
  })

  test.each([
    ['limit=0', 'INVALID_OPTION'],
    ['limit=1001', 'INVALID_OPTION'],
    ['limit=x', 'INVALID_OPTION'],
    ['limit=1.5', 'INVALID_OPTION'],
    ['limit=-1', 'INVALID_OPTION'],
    ['limit=1&limit=2', 'INVALID_OPTION'],
    ['cursor=nothing', 'INVALID_CURSOR'],
    ['offset=1', 'INVALID_REQUEST'],
  ])('refuses ?%s', async (query, code) => {
    const { status, json } = await server.call(`GET ${messages}?${query}`)
    expect([status, json.error]).toEqual([400, code])
  })
})
