import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type LLMRequestLogEntry, openLedger } from '../../src/index.js'
import { openTestLedger, QUIET, type TestLedger } from '../fixtures/open-test-ledger.js'
import { tempFolder } from '../fixtures/temp-folder.js'

const NEVER = { onError: 'never' } as const
const bad = (entry: object): LLMRequestLogEntry => ({ ...entry, usage: { prompt_tokens: -1 } }) as never
const ignore = (): undefined => undefined

describe('a call that fails is counted for the project that it names', () => {
  test.each<[string, string, (ledger: TestLedger) => Promise<unknown>]>([
    ['logLLMRequest', 'rejected', ({ ledger, entry }) => ledger.logLLMRequest(bad(entry()))],
    ['logLLMRequest, never', 'dropped', ({ ledger, entry }) => ledger.logLLMRequest(bad(entry()), NEVER)],
    ['startLLMRequest', 'rejected', ({ ledger, entry }) => ledger.startLLMRequest(bad(entry()))],
    [
      'the end of a handle',
      'rejected',
      async ({ ledger, entry }) => (await ledger.startLLMRequest(entry())).complete(bad({})),
    ],
    [
      'the end of a handle, never',
      'dropped',
      async ({ ledger, entry }) => (await ledger.startLLMRequest(entry(), NEVER)).complete(bad({})),
    ],
  ])('%s: %s', async (_, fate, fail) => {
    const opened = await openTestLedger()
    await fail(opened).catch(ignore)
    const { summary } = await opened.ledger.getStats({ type: 'project', projectId: opened.project.id })
    const { received, persisted, ...rest } = summary.integrity
    expect(received).toBe(persisted + 1)
    expect(rest).toEqual({ rejected: 0, dropped: 0, damaged: 0, recovered: 0, [fate]: 1 })
    const other = await opened.ledger.createProject({ name: 'Other' })
    const { integrity } = (await opened.ledger.getStats({ type: 'project', projectId: other.id })).summary
    expect(integrity.received).toBe(0)
  })

  test.each([
    ['a project there is none of', { project_id: 'nobody' }],
    ['no id', { project_id: '../x' }],
    ['nothing', { project_id: undefined }],
  ])('who names %s is in the global sum only', async (_, more) => {
    const { ledger, project, workspace, entry } = await openTestLedger()
    await ledger.logLLMRequest(entry(more)).catch(ignore)
    await ledger.close()
    await using again = await openLedger({ workspace, systemLog: QUIET })
    const rejectedIn = async (scope: Parameters<typeof again.getStats>[0]) =>
      (await again.getStats(scope)).summary.integrity.rejected
    expect(await rejectedIn({ type: 'global' })).toBe(1)
    expect(await rejectedIn({ type: 'project', projectId: project.id })).toBe(0)
  })
})

test('projects of a host are summed too, also outside the workspace and when they were not opened', async () => {
  const [workspace, elsewhere] = [tempFolder(), tempFolder()]
  const projects = {
    list: async () => ['mine', 'yours'],
    resolve: async (id: string) => ({ root: join(elsewhere, id) }),
  }
  const open = () => openLedger({ workspace, projects, systemLog: QUIET, liveCounters: false, upkeep: false })
  const entry = { chat_id: 'c', model: 'm', status: 'success' } as const
  const first = await open()
  await first.logLLMRequest({ ...entry, project_id: 'mine' })
  await first.logLLMRequest(bad({ ...entry, project_id: 'yours' })).catch(ignore)
  await first.close()
  await using second = await open()
  await second.logLLMRequest(bad({ ...entry, project_id: 'mine' }), NEVER)
  const integrityOf = async (projectId: string) =>
    (await second.getStats({ type: 'project', projectId })).summary.integrity
  const none = { received: 0, persisted: 0, rejected: 0, dropped: 0, damaged: 0, recovered: 0 }
  expect(await integrityOf('mine')).toEqual({ ...none, received: 2, persisted: 1, dropped: 1 })
  expect(await integrityOf('yours')).toEqual({ ...none, received: 1, rejected: 1 })
  const { integrity } = (await second.getStats({ type: 'global' })).summary
  expect(integrity).toEqual({ ...none, received: 3, persisted: 1, rejected: 1, dropped: 1 })
  expect(second.integrity()).toEqual({ ...none, received: 1, dropped: 1 })
})

test('what retention left only a summary of stays persisted', async () => {
  const { ledger, project, entry } = await openTestLedger({ upkeep: false })
  for (let i = 0; i < 4; i++) await ledger.logLLMRequest(entry({ status: 'success' }))
  await ledger.rotateLogs()
  await ledger.logLLMRequest(entry({ status: 'success' }))
  const { segments } = await ledger.cleanupOldLogs({ retention: { maxBytes: 1 } })
  expect(segments).toHaveLength(1)
  const { summary } = await ledger.getStats({ type: 'project', projectId: project.id })
  expect(summary).toMatchObject({ summarizedRequests: 4, integrity: { received: 5, persisted: 5 } })
})
