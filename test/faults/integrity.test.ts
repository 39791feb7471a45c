import { appendFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { type Integrity, type Ledger, openLedger } from '../../src/index.js'
import { openTestLedger, QUIET } from '../fixtures/open-test-ledger.js'
import { runChild } from '../fixtures/run-child.js'

type Plan = Partial<Pick<Integrity, 'rejected' | 'dropped'>> & { readonly logged?: number }

/** A process that has made its calls and waits. */
async function started(workspace: string, projectId: string, plan: Plan) {
  const child = runChild('count-calls.mjs', [workspace, projectId, JSON.stringify(plan)])
  await vi.waitFor(() => expect(child.stdout()).toMatch(/\n/), { timeout: 30_000 })
  expect(JSON.parse(child.stdout())).toMatchObject({
    persisted: plan.logged ?? 0,
    rejected: plan.rejected ?? 0,
    dropped: plan.dropped ?? 0,
  })
  const end = async (signal: NodeJS.Signals) => {
    child.process.kill(signal)
    return child.exited
  }
  return { close: () => end('SIGUSR2'), kill: () => end('SIGKILL') }
}

const integrityOf = async (ledger: Ledger, projectId: string): Promise<Integrity> =>
  (await ledger.getStats({ type: 'project', projectId })).summary.integrity

const countFiles = (workspace: string): string[] => {
  const folder = join(workspace, 'logs', 'integrity')
  return existsSync(folder) ? readdirSync(folder) : []
}

test('the sums over processes that log, reject, drop, close and are killed are exact', async () => {
  const { ledger, project, workspace, entry } = await openTestLedger()
  const other = await ledger.createProject({ name: 'Other' })
  const [first, second, third, killed] = await Promise.all([
    started(workspace, project.id, { logged: 30 }),
    started(workspace, project.id, { logged: 20 }),
    started(workspace, project.id, { rejected: 3, dropped: 2 }),
    started(workspace, project.id, { logged: 7, rejected: 4 }),
  ])
  await ledger.logLLMRequest(entry({ project_id: other.id, status: 'success' }))
  const sum = { received: 66, persisted: 57, rejected: 7, dropped: 2, damaged: 0, recovered: 0 }
  // A second after the calls at the latest, also while they live.
  await vi.waitFor(async () => expect(await integrityOf(ledger, project.id)).toEqual(sum), 10_000)
  await killed.kill()
  expect(await integrityOf(ledger, project.id)).toEqual(sum)
  for (const child of [first, second, third]) expect(await child.close()).toMatchObject({ code: 0 })
  expect(await integrityOf(ledger, project.id)).toEqual(sum)

  expect(await integrityOf(ledger, other.id)).toMatchObject({ received: 1, persisted: 1, rejected: 0 })
  expect(ledger.integrity()).toMatchObject({ received: 1, persisted: 1, rejected: 0, dropped: 0 })
  // Only who rejected or dropped wrote one.
  expect(countFiles(workspace)).toHaveLength(2)

  await using next = await openLedger({ workspace, systemLog: QUIET })
  await vi.waitFor(() => expect(countFiles(workspace)).toEqual(['folded.1.json']), 10_000)
  expect(await integrityOf(next, project.id)).toEqual(sum)
  const { summary } = await next.getStats({ type: 'chat', projectId: project.id, chatId: 'chat-1' })
  expect(summary.integrity).toEqual(sum)
  const all = (await next.getStats({ type: 'global' })).summary.integrity
  expect(all).toEqual({ ...sum, received: 67, persisted: 58 })
})

test('while everything goes well nothing is written', async () => {
  const { ledger, workspace, entry } = await openTestLedger()
  await ledger.logLLMRequest(entry())
  await ledger.close()
  expect(existsSync(join(workspace, 'logs', 'integrity'))).toBe(false)
})

test('a killed process that left a torn line: the recovery counts, by whoever made it', async () => {
  const { ledger, project, workspace, entry } = await openTestLedger()
  await ledger.logLLMRequest(entry())
  await ledger.close()
  appendFileSync(join(project.paths.logsDir, 'llm_requests.jsonl'), '{"id":"torn')
  await (await started(workspace, project.id, { logged: 2 })).close()
  await using again = await openLedger({ workspace, systemLog: QUIET })
  expect(await integrityOf(again, project.id)).toEqual({
    received: 3,
    persisted: 3,
    rejected: 0,
    dropped: 0,
    damaged: 1,
    recovered: 1,
  })
  expect(again.integrity().recovered).toBe(0)
  const [name = ''] = countFiles(workspace)
  expect(statSync(join(workspace, 'logs', 'integrity', name)).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(workspace, 'logs', 'integrity', name), 'utf8')).toMatch(/"closed":true/)
})
