import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import * as ledgerline from '../../src/index.js'

const FOR_ADAPTERS = new Set(['defer', 'countUnlogged'])

let workspace = ''
beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), 'ledgerline-test-'))
  vi.stubEnv('LEDGERLINE_WORKSPACE', workspace)
  vi.stubEnv('LOG_LEVEL', 'silent')
})
afterAll(async () => {
  await ledgerline.close()
  vi.unstubAllEnvs()
  rmSync(workspace, { recursive: true, force: true })
})

test('the functions at top level work on one ledger in LEDGERLINE_WORKSPACE', async () => {
  expect(() => ledgerline.getCachedStats({ type: 'global' })).toThrow(/await any other call first/)
  const project = await ledgerline.createProject({ name: 'Default' })
  expect(project.paths.root.startsWith(workspace)).toBe(true)
  const chat = await ledgerline.createChat({ projectId: project.id, name: 'Chat' })
  const message = await ledgerline.appendMessage({
    project_id: project.id,
    chat_id: chat.id,
    role: 'user',
    content: 'hi',
  })
  expect(await ledgerline.readChat(project.id, chat.id)).toEqual([message])
  const entry = { project_id: project.id, chat_id: chat.id, model: 'gpt-4o', messages_included: [message.id] }
  const request = await ledgerline.startLLMRequest(entry)
  await request.complete({ usage: { prompt_tokens: 1, completion_tokens: 2 } })
  await ledgerline.logLLMRequest({ ...entry, status: 'error' })
  const scope = { type: 'chat', projectId: project.id, chatId: chat.id } as const
  expect((await ledgerline.getStats(scope)).summary).toMatchObject({ totalRequests: 2, totalTokens: 3 })
  expect(ledgerline.getCachedStats(scope)).toMatchObject({ totalRequests: 2, totalTokens: 3 })
  expect((await ledgerline.getLLMRequestLogs({ projectId: project.id })).entries).toHaveLength(2)
})

test('every function of a ledger is there at top level, but those for adapters', async () => {
  const ledger = await ledgerline.openLedger({ workspace, liveCounters: false })
  const own = Object.entries(ledger).filter(([, value]) => typeof value === 'function')
  await ledger.close()
  const names = own.map(([name]) => name).filter((name) => !FOR_ADAPTERS.has(name))
  expect(names.filter((name) => !(name in ledgerline))).toEqual([])
})

test('after close the next call opens it again', async () => {
  await ledgerline.close()
  expect((await ledgerline.listProjects()).map(({ name }) => name)).toEqual(['Default'])
})
