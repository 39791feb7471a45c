import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { readLines } from '../../src/journal/read-lines.js'
import { listSegments } from '../../src/journal/segments.js'
import { openTestLedger } from '../fixtures/open-test-ledger.js'
import { runChild } from '../fixtures/run-child.js'

const PROCESSES = 4
const ENTRIES = 2_000

test('four processes log 2,000 entries each with rotation at 1 MB: 8,000 ids, every line valid', async () => {
  const { ledger, project, workspace } = await openTestLedger()
  const scope = { type: 'project', projectId: project.id } as const
  const children = Array.from({ length: PROCESSES }, () =>
    runChild('log-many.mjs', [workspace, project.id, String(ENTRIES), String(1_000_000)]),
  )
  const ended = Promise.all(children.map(({ exited }) => exited))
  let running = true
  void ended.then(() => {
    running = false
  })
  // While they write and rotate, no answer may count less than the one before it.
  let before = 0
  while (running) {
    const { totalRequests } = (await ledger.getStats(scope)).summary
    expect(totalRequests).toBeGreaterThanOrEqual(before)
    before = totalRequests
    await delay(20)
  }
  for (const { code, stderr } of await ended) expect({ code, stderr }).toEqual({ code: 0, stderr: '' })

  const ids = new Set<string>()
  const segments = listSegments(project.paths.logsDir, 'llm_requests')
  for (const { path } of segments) {
    for await (const { text = '', terminated } of readLines(path)) {
      ids.add(JSON.parse(text).id)
      expect(terminated).toBe(true)
    }
  }
  expect(ids.size).toBe(PROCESSES * ENTRIES)
  expect(segments.some(({ sequence }) => sequence > 0)).toBe(true)
  const stats = await ledger.getStats(scope, { groupBy: 'chat' })
  expect(stats.summary).toMatchObject({
    totalRequests: PROCESSES * ENTRIES,
    totalTokens: PROCESSES * ENTRIES * 3,
    integrity: { damaged: 0 },
  })
  expect(stats.breakdown.map(({ requests }) => requests)).toEqual(Array(PROCESSES).fill(ENTRIES))
})
