import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { expectDocumented } from './answer-schema.js'
import { type TestServer, testServer } from './test-server.js'

let server: TestServer
beforeEach(async () => {
  server = await testServer()
})
afterEach(() => server[Symbol.asyncDispose]())

describe('POST /api/projects', () => {
  test('makes a project', async () => {
    const { status, json } = await server.call('POST /api/projects', {
      body: { name: 'Support bot', default_model: 'openai/gpt-4o' },
    })
    expect(status).toBe(201)
    expect(json).toMatchObject({
      name: 'Support bot',
      slug: 'support-bot',
      status: 'active',
      default_model: 'openai/gpt-4o',
      paths: {
        root: 'projects/support-bot',
        chats_dir: expect.stringMatching(/^projects\/support-bot\//),
        logs_dir: 'projects/support-bot/logs',
      },
    })
    expect(json.created_at).toBe(json.updated_at)
    await expectDocumented(server, 'POST /api/projects', 201, json)
    expect((await server.ledger.getProject(json.id)).name).toBe('Support bot')
  })

  test.each<[string, unknown, string, string]>([
    ['no name', {}, 'INVALID_NAME', 'name'],
    ['a name that is no string', { name: 5 }, 'INVALID_NAME', 'name'],
    ['an empty name', { name: '' }, 'INVALID_NAME', 'name'],
    ['a name of 101 characters', { name: 'x'.repeat(101) }, 'INVALID_NAME', 'name'],
    ['a name with a line end', { name: 'a\nb' }, 'INVALID_NAME', 'name'],
    ['a name that is a path', { name: '../x' }, 'INVALID_NAME', 'name'],
    ['a default model that is no string', { name: 'A', default_model: 5 }, 'INVALID_MODEL', 'default_model'],
    ['a field that does not exist', { name: 'A', colour: 'red' }, 'INVALID_REQUEST', 'colour'],
    ['a field in camelCase', { name: 'A', defaultModel: 'm' }, 'INVALID_REQUEST', 'defaultModel'],
    ['an array', [], 'INVALID_REQUEST', 'body'],
    ['null', null, 'INVALID_REQUEST', 'body'],
    ['a string', '"x"', 'INVALID_REQUEST', 'body'],
  ])('refuses %s', async (_name, body, code, field) => {
    const { status, json } = await server.call('POST /api/projects', { body })
    expect(status).toBe(400)
    expect(json).toMatchObject({ error: code, details: { problems: [{ code, field }] } })
    await expectDocumented(server, 'POST /api/projects', 400, json)
    expect(await server.ledger.listProjects()).toEqual([])
  })

  test('lists every problem', async () => {
    const { json } = await server.call('POST /api/projects', { body: { default_model: 1, colour: 2 } })
    expect(json.details.problems.map((problem: { field: string }) => problem.field).sort()).toEqual([
      'colour',
      'default_model',
      'name',
    ])
  })

  test('refuses a request without a body', async () => {
    const { status, json } = await server.call('POST /api/projects')
    expect(status).toBe(400)
    expect(json.error).toBe('INVALID_REQUEST')
  })
})

test('GET /api/projects lists them in order of creation', async () => {
  expect((await server.call('GET /api/projects')).json).toEqual({ projects: [] })
  await server.project('First')
  await server.project('Second')
  const { status, json } = await server.call('GET /api/projects')
  expect(status).toBe(200)
  expect(json.projects.map((project: { name: string }) => project.name)).toEqual(['First', 'Second'])
  await expectDocumented(server, 'GET /api/projects', 200, json)
})

describe('GET /api/projects/:project_id', () => {
  test('gives the project', async () => {
    const id = await server.project()
    const { status, json } = await server.call(`GET /api/projects/${id}`)
    expect(status).toBe(200)
    expect(json).toMatchObject({ id, slug: 'support-bot' })
    await expectDocumented(server, 'GET /api/projects/{project_id}', 200, json)
  })

  test('an unknown id is 404', async () => {
    const { status, json } = await server.call('GET /api/projects/nobody')
    expect(status).toBe(404)
    expect(json.error).toBe('PROJECT_NOT_FOUND')
    await expectDocumented(server, 'GET /api/projects/{project_id}', 404, json)
  })
})
