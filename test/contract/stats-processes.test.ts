/** What another process logged is in the next answer, and several may ask at once. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openTestLedger } from '../fixtures/open-test-ledger.js'
import { runChild } from '../fixtures/run-child.js'

const GLOBAL = { type: 'global' } as const

test('a call that resolved in another process is in the next answer', async () => {
  const { ledger, project, workspace, entry } = await openTestLedger({ upkeep: false })
  await ledger.logLLMRequest(entry({ status: 'success' }))
  for (let logged = 1; logged <= 3; logged++) {
    expect((await ledger.getStats(GLOBAL, { groupBy: 'day' })).summary.totalRequests).toBe(logged)
    const child = runChild('log-once.mjs', [workspace, project.id])
    expect(await child.exited).toMatchObject({ code: 0 })
    expect(child.stdout()).toBe('true')
    const { summary, models } = await ledger.getStats(GLOBAL)
    expect(summary.totalRequests).toBe(logged + 1)
    expect(models['gpt-4o']?.requests).toBe(logged + 1)
  }
})

test('while one process writes, rotates and compresses, two ask: no answer is short, none counts twice', async () => {
  const { ledger, project, workspace } = await openTestLedger({ upkeep: false, liveCounters: false })
  const count = 600
  const options = { rotation: { maxBytes: 4096, gzip: true }, retention: { maxSegments: 4 } }
  const task = { workspace, projects: [project.id], prefix: 'w', count, inFlight: 4, pauseMs: 1, options }
  const writer = runChild('writer.mjs', [JSON.stringify(task)])
  const asker = runChild('ask-stats.mjs', [workspace])
  const acknowledged = (): number => writer.stdout().match(/^\d+ ok /gm)?.length ?? 0

  let before = 0
  for (let answers = 0; before < count; answers++) {
    const least = Math.max(before, acknowledged())
    const { totalRequests } = (await ledger.getStats(GLOBAL, { groupBy: 'hour' })).summary
    expect(totalRequests).toBeGreaterThanOrEqual(least)
    expect(totalRequests).toBeLessThanOrEqual(count)
    before = totalRequests
    if (answers % 5 === 4) rmSync(join(project.paths.logsDir, '.index'), { recursive: true, force: true })
  }
  expect(await writer.exited).toMatchObject({ code: 0 })

  asker.process.kill('SIGUSR2')
  expect(await asker.exited).toMatchObject({ code: 0, stderr: '' })
  const seen = asker.stdout().trim().split('\n')
  expect(seen.pop()).toBe(`end ${count}`)
  const numbers = seen.map(Number)
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
})
