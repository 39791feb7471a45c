import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLedger } from '../../src/index.js'
import { closedName, closedSegments } from '../../src/journal/segments.js'
import { claimRole } from '../../src/journal/slot.js'
import { openTestLedger, QUIET } from '../fixtures/open-test-ledger.js'
import { runChild } from '../fixtures/run-child.js'

const SEGMENTS = 60
const ENTRIES = 5

test('every answer counts every request while another process compresses and deletes', async () => {
  const { ledger, project, workspace, entry } = await openTestLedger()
  await ledger.close()
  const dir = project.paths.logsDir
  // The ledgers of this test leave the segments alone.
  const upkeep = claimRole(dir, 'upkeep')
  for (let segment = 1; segment <= SEGMENTS; segment++) {
    const writer = await openLedger({ workspace, systemLog: QUIET, liveCounters: false })
    const entries = Array.from({ length: ENTRIES }, () => writer.logLLMRequest(entry({ status: 'success' })))
    await Promise.all(entries)
    await writer.close()
    renameSync(join(dir, 'llm_requests.jsonl'), join(dir, closedName('llm_requests', 0, segment, new Date())))
  }
  const reader = await openLedger({ workspace, systemLog: QUIET, liveCounters: false })
  const { exited, process } = runChild('change-forms.mjs', [dir])
  for (let answers = 0; answers < 2 || process.exitCode === null; answers++) {
    const { summary } = await reader.getStats({ type: 'project', projectId: project.id })
    expect(summary).toMatchObject({ totalRequests: SEGMENTS * ENTRIES, integrity: { damaged: 0 } })
    const { entries } = await reader.getLLMRequestLogs({ projectId: project.id })
    expect(entries.every(({ summarized }) => summarized === undefined)).toBe(true)
  }
  expect(await exited).toMatchObject({ code: 0 })
  expect(new Set(closedSegments(dir, 'llm_requests').map(({ form }) => form))).toEqual(new Set(['summary']))
  const { summary } = await reader.getStats({ type: 'project', projectId: project.id })
  expect(summary).toMatchObject({ summarizedRequests: SEGMENTS * ENTRIES })
  await reader.close()
  upkeep?.release()
})
