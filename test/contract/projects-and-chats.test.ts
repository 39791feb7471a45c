import { readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openLedger } from '../../src/index.js'
import { openTestLedger, QUIET } from '../fixtures/open-test-ledger.js'
import { tempFolder } from '../fixtures/temp-folder.js'

describe('projects', () => {
  test('are found by id and listed by creation', async () => {
    const { ledger, project } = await openTestLedger()
    const other = await ledger.createProject({ name: 'Other' })
    expect(await ledger.getProject(project.id)).toEqual(project)
    expect((await ledger.listProjects()).map(({ id }) => id)).toEqual([project.id, other.id])
  })

  test.each([
    ['an unknown id', 'nobody', 'PROJECT_NOT_FOUND'],
    ['an id that climbs', '../x', 'INVALID_PROJECT_ID'],
    ['undefined', undefined, 'INVALID_PROJECT_ID'],
  ])('%s is refused', async (_, id, code) => {
    const { ledger } = await openTestLedger()
    const project = id as string
    for (const call of [
      () => ledger.getProject(project),
      () => ledger.listChats(project),
      () => ledger.getProjectMetrics(project),
      () => ledger.createChat({ projectId: project, name: 'x' }),
      () => ledger.readChat(project, 'c'),
    ]) {
      await expect(call()).rejects.toMatchObject({ code })
    }
  })
})

test('the live counters of a project or chat that does not exist are zeros', async () => {
  const { ledger, project } = await openTestLedger()
  for (const scope of [
    { type: 'project', projectId: 'nobody' },
    { type: 'chat', projectId: project.id, chatId: 'nobody' },
  ] as const)
    expect(ledger.getCachedStats(scope)).toMatchObject({ totalRequests: 0, pendingRequests: 0 })
  expect(await ledger.getChatMetrics(project.id, 'nobody')).toMatchObject({ totalRequests: 0 })
})

describe('chats', () => {
  test('are found by id, in their project only', async () => {
    const { ledger, project } = await openTestLedger()
    const other = await ledger.createProject({ name: 'Other' })
    const chat = await ledger.createChat({ projectId: project.id, name: 'Refund' })
    expect(chat).toMatchObject({ name: 'Refund', status: 'active', storagePath: `chats/${chat.id}.jsonl` })
    expect(await ledger.getChat(project.id, chat.id)).toEqual(chat)
    expect(await ledger.listChats(project.id)).toEqual([chat])
    expect(await ledger.listChats(other.id)).toEqual([])
    await expect(ledger.getChat(other.id, chat.id)).rejects.toMatchObject({ code: 'CHAT_NOT_FOUND' })
    await expect(ledger.getChat(project.id, '../x')).rejects.toMatchObject({ code: 'INVALID_CHAT_ID' })
  })

  test('of several made at once with one id, one is made', async () => {
    const { ledger, project } = await openTestLedger()
    const make = () => ledger.createChat({ projectId: project.id, name: 'x', id: 'same' })
    const results = await Promise.allSettled([make(), make(), make()])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
    expect(await ledger.listChats(project.id)).toHaveLength(1)
  })

  test.each([null, undefined, 'x', 5])('%j in place of the input is a ValidationError', async (input) => {
    const { ledger } = await openTestLedger()
    const bad = input as unknown as { name: string; projectId: string }
    await expect(ledger.createProject(bad)).rejects.toMatchObject({ code: 'INVALID_NAME' })
    await expect(ledger.createChat(bad)).rejects.toMatchObject({ code: 'INVALID_PROJECT_ID' })
  })

  test('stay when the ledger is opened again', async () => {
    const { ledger, project, workspace } = await openTestLedger()
    const chat = await ledger.createChat({ projectId: project.id, name: 'Refund', id: 'refund-1' })
    await ledger.close()
    await using again = await openLedger({ workspace, systemLog: QUIET })
    expect(await again.getChat(project.id, 'refund-1')).toEqual(chat)
  })
})

describe("the host's own registry", () => {
  test('says where the files of a project live', async () => {
    const root = join(tempFolder(), 'tenant-7')
    await using ledger = await openLedger({
      workspace: tempFolder(),
      systemLog: QUIET,
      projects: {
        resolve: async (id) => (id === 'tenant-7' ? { root } : null),
        list: async () => ['tenant-7'],
      },
    })
    await ledger.logLLMRequest({ project_id: 'tenant-7', chat_id: 'c', model: 'm', status: 'success' })
    expect((await ledger.getStats({ type: 'global' })).summary.totalRequests).toBe(1)
    await expect(
      ledger.logLLMRequest({ project_id: 'tenant-8', chat_id: 'c', model: 'm' }),
    ).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' })
    await expect(ledger.createProject({ name: 'x' })).rejects.toMatchObject({ code: 'REGISTRY_IS_EXTERNAL' })
  })

  test.each<[string, (root: string) => string]>([
    ['as it is', (root) => root],
    ['with two separators', (root) => root.replace('/', '//')],
    ['with a dot', (root) => join(root, 'x').replace(/x$/, './')],
  ])('may spell a folder %s: no link in it is followed, and what it holds is found', async (_, spell) => {
    const [root, outside] = [tempFolder(), tempFolder()]
    symlinkSync(outside, join(root, 'chats'))
    await using ledger = await openLedger({
      workspace: tempFolder(),
      systemLog: QUIET,
      projects: { resolve: async () => ({ root: spell(root) }), list: async () => ['p'] },
    })
    const message = { project_id: 'p', chat_id: 'c', role: 'user', content: 'Hi' } as const
    await expect(ledger.appendMessage(message)).rejects.toMatchObject({ code: 'PATH_IS_SYMLINK' })
    expect(readdirSync(outside)).toEqual([])
    await ledger.logLLMRequest({ project_id: 'p', chat_id: 'c', model: 'm', status: 'success' })
    expect((await ledger.getStats({ type: 'global' })).summary.totalRequests).toBe(1)
  })

  test('must give absolute folders', async () => {
    await using ledger = await openLedger({
      workspace: tempFolder(),
      systemLog: QUIET,
      liveCounters: false,
      projects: { resolve: async () => ({ root: 'relative' }), list: async () => [] },
    })
    await expect(ledger.logLLMRequest({ project_id: 'p', chat_id: 'c', model: 'm' })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    })
  })
})
