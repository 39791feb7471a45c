import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { listSegments } from '../../src/journal/segments.js'
import { openTestLedger } from '../fixtures/open-test-ledger.js'
import { runChild } from '../fixtures/run-child.js'

const PROCESSES = 4
const ENTRIES = 500

test('four processes log, rotate, compress and delete while a fifth rotates, cleans and asks: no request is lost', async () => {
  const retention = { maxSegments: 3 }
  const { ledger, project, workspace } = await openTestLedger({ rotation: { gzip: true }, retention })
  const scope = { type: 'project', projectId: project.id } as const
  const env = { LEDGERLINE_ROTATION_GZIP: 'true', LEDGERLINE_RETENTION_MAX_SEGMENTS: '3' }
  const children = Array.from({ length: PROCESSES }, () =>
    runChild('log-many.mjs', [workspace, project.id, String(ENTRIES), String(30_000)], env),
  )
  const ended = Promise.all(children.map(({ exited }) => exited))
  let running = true
  void ended.then(() => {
    running = false
  })
  const problems: unknown[] = []
  let before = 0
  while (running) {
    problems.push(...(await ledger.rotateLogs()).problems, ...(await ledger.cleanupOldLogs()).problems)
    const { totalRequests } = (await ledger.getStats(scope)).summary
    expect(totalRequests).toBeGreaterThanOrEqual(before)
    before = totalRequests
    await delay(10)
  }
  for (const { code, stderr } of await ended) expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  problems.push(...(await ledger.rotateLogs()).problems)
  expect(problems).toEqual([])

  const stats = await ledger.getStats(scope, { groupBy: 'chat' })
  expect(stats.summary).toMatchObject({
    totalRequests: PROCESSES * ENTRIES,
    totalTokens: PROCESSES * ENTRIES * 3,
    integrity: { damaged: 0 },
  })
  expect(stats.breakdown.map(({ requests }) => requests)).toEqual(Array(PROCESSES).fill(ENTRIES))
  const forms = listSegments(project.paths.logsDir, 'llm_requests').map(({ form }) => form)
  expect(forms.filter((form) => form === 'gzip')).toHaveLength(3)
  expect(new Set(forms)).toEqual(new Set(['gzip', 'summary']))
  expect(await ledger.verify({ seals: true })).toMatchObject({ ok: true, damaged: 0, sealFaults: [] })
}, 120_000)
