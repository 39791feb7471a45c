import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openLedger } from '../../src/index.js'
import { readLines } from '../../src/journal/read-lines.js'
import { listSegments } from '../../src/journal/segments.js'
import { openTestLedger, QUIET } from '../fixtures/open-test-ledger.js'
import { runChild } from '../fixtures/run-child.js'

const KILLS = 50

test(`${KILLS} times kill -9 while logging and rotating: every id that resolved is there, once, on a whole line`, async () => {
  const { ledger, project, workspace } = await openTestLedger()
  await ledger.close()
  const acknowledged = new Set<string>()
  for (let i = 0; i < KILLS; i++) {
    const child = runChild('log-forever.mjs', [workspace, project.id])
    await firstOutput(child.stdout)
    await delay(Math.random() * 60)
    child.process.kill('SIGKILL')
    const { signal, stderr } = await child.exited
    expect({ signal, stderr }).toEqual({ signal: 'SIGKILL', stderr: '' })
    const whole = child.stdout().split('\n').slice(0, -1)
    for (const id of whole) acknowledged.add(id)
  }

  const times = new Map<string, number>()
  let unreadable = 0
  const segments = listSegments(project.paths.logsDir, 'llm_requests')
  for (const { path } of segments) {
    for await (const { text = '', terminated } of readLines(path)) {
      try {
        const { id } = JSON.parse(text)
        times.set(id, (times.get(id) ?? 0) + 1)
      } catch {
        // Torn by the kill, before it was acknowledged: at most one a kill, and never glued to another.
        expect(text).not.toMatch(/\{"id".*\{"id"/s)
        if (terminated) unreadable++
      }
    }
  }
  expect(segments.length).toBeGreaterThan(2)
  expect(new Set(segments.map(({ slot }) => slot))).toEqual(new Set([0]))
  expect([...acknowledged].filter((id) => !times.has(id))).toEqual([])
  expect([...times.values()].filter((count) => count !== 1)).toEqual([])
  expect(unreadable).toBeLessThanOrEqual(KILLS)
  expect(acknowledged.size).toBeGreaterThan(KILLS)

  await using again = await openLedger({ workspace, systemLog: QUIET })
  const { summary } = await again.getStats({ type: 'project', projectId: project.id })
  expect(summary.totalRequests).toBe(times.size)
  expect(summary.integrity.damaged).toBe(unreadable)
}, 180_000)

test('a pending request whose process was killed is interrupted', async () => {
  const { ledger, project, workspace } = await openTestLedger()
  const child = runChild('start-and-wait.mjs', [workspace, project.id])
  await firstOutput(child.stdout)
  const scope = { type: 'project', projectId: project.id } as const
  expect((await ledger.getStats(scope)).summary).toMatchObject({ pendingRequests: 1, interruptedRequests: 0 })
  child.process.kill('SIGKILL')
  await child.exited
  expect((await ledger.getStats(scope)).summary).toMatchObject({ pendingRequests: 0, interruptedRequests: 1 })
})

async function firstOutput(stdout: () => string): Promise<void> {
  while (!stdout().includes('\n')) await delay(5)
}
