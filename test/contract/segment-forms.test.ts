/** Every answer is the same whatever form the segments of a journal have. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { openLedger, type Project } from '../../src/index.js'
import { closedName, listSegments } from '../../src/journal/segments.js'
import { summarizeLine } from '../../src/journal/upkeep/summarize-line.js'
import { openTestLedger, QUIET } from '../fixtures/open-test-ledger.js'

/** Closes the active file of the journal, compresses it, or leaves its summary. */
function close(project: Project, base: string, form: 'raw' | 'gzip' | 'summary' | 'cut' = 'gzip'): void {
  const dir = project.paths.logsDir
  const raw = join(dir, closedName(base, 0, listSegments(dir, base).length, new Date()))
  renameSync(join(dir, `${base}.jsonl`), raw)
  if (form === 'raw') return
  const bytes = readFileSync(raw)
  rmSync(raw)
  if (form === 'gzip') writeFileSync(`${raw}.gz`, gzipSync(bytes))
  else if (form === 'cut') writeFileSync(`${raw}.gz`, gzipSync(bytes).subarray(0, -9))
  else {
    const lines = String(bytes).split('\n')
    const summary = lines.map((line) => summarizeLine(line) ?? '').join('')
    writeFileSync(raw.replace('.jsonl', '.summary.jsonl.gz'), gzipSync(summary))
  }
}

const usage = { prompt_tokens: 5, completion_tokens: 2 }

/** A workspace with one request in a segment of each form and one in the active file, closed. */
async function withForms(...forms: readonly ('raw' | 'gzip' | 'summary' | 'cut')[]) {
  const { ledger, project, workspace, entry } = await openTestLedger()
  await ledger.close()
  for (const [index, form] of [...forms, undefined].entries()) {
    const writer = await openLedger({ workspace, systemLog: QUIET })
    await writer.logLLMRequest({ ...entry({ id: `id-${index}`, status: 'success', usage }) })
    await writer.close()
    if (form !== undefined) close(project, 'llm_requests', form)
  }
  const again = await openLedger({ workspace, systemLog: QUIET })
  return { ledger: again, project }
}

describe('requests', () => {
  test('are counted in every form, and listed where there is more than a summary', async () => {
    const { ledger, project } = await withForms('summary', 'gzip', 'raw')
    const stats = await ledger.getStats({ type: 'project', projectId: project.id })
    expect(stats.summary).toMatchObject({
      totalRequests: 4,
      totalTokens: 28,
      summarizedRequests: 1,
      integrity: { damaged: 0 },
    })
    expect(ledger.getCachedStats({ type: 'global' })).toMatchObject({ totalRequests: 4, totalTokens: 28 })
    const { entries } = await ledger.getLLMRequestLogs({ projectId: project.id })
    expect(entries.map(({ id }) => id).sort()).toEqual(['id-1', 'id-2', 'id-3'])
    await ledger.close()
  })

  test('of a cut gzip file are counted as far as they can be read, and the cut is damage', async () => {
    const { ledger, project } = await withForms('gzip', 'cut')
    const { summary } = await ledger.getStats({ type: 'project', projectId: project.id })
    expect(summary.totalRequests).toBe(ledger.getCachedStats({ type: 'global' }).totalRequests)
    expect(summary).toMatchObject({ integrity: { damaged: 1 } })
    expect(summary.totalRequests).toBeGreaterThanOrEqual(2)
    await ledger.logLLMRequest({ project_id: project.id, chat_id: 'c', model: 'm', status: 'success' })
    expect((await ledger.getStats({ type: 'global' })).summary.totalRequests).toBe(summary.totalRequests + 1)
    await ledger.close()
  })
})

test('chats whose registration was compressed are still there', async () => {
  const { ledger, project } = await openTestLedger()
  const first = await ledger.createChat({ projectId: project.id, name: 'First' })
  await ledger.flush()
  close(project, 'chats')
  const second = await ledger.createChat({ projectId: project.id, name: 'Second' })
  expect(await ledger.listChats(project.id)).toEqual([first, second])
})
