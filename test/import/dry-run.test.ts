import { expect, test } from 'vitest'
import { importLogs } from '../../src/index.js'
import { openImport } from './open-import.js'
import { answers, toolLine } from './session-lines.js'

const NOTHING_NEW = { newEntries: 0, changedEntries: 0 }

test('says what the import then does, and writes nothing', async () => {
  const { file, run, entries } = await openImport()
  file('session.jsonl', `${answers(10)}{"type":"assistant","usage"\n${toolLine('x')}\n`)
  const dry = await run('claude-code', { dryRun: true })
  expect(await entries()).toEqual([])
  const done = await run('claude-code')
  expect(dry).toEqual({ ...done, dryRun: true })
  expect(done.newEntries).toBe(10)
  expect(await run('claude-code', { dryRun: true })).toMatchObject({ ...NOTHING_NEW, knownEntries: 10 })
})

test('its sums are those of the stats', async () => {
  const { file, run, ledger } = await openImport()
  file('session.jsonl', answers(100))
  await run('claude-code')
  const { summary, models } = await ledger.getStats({ type: 'global' })
  const { file: second, run: dry } = await openImport()
  second('session.jsonl', answers(100))
  const { byModel } = await dry('claude-code', { dryRun: true })
  expect(byModel).toHaveLength(Object.keys(models).length)
  expect(byModel[0]).toMatchObject({
    entries: summary.totalRequests,
    promptTokens: summary.promptTokens,
    completionTokens: summary.completionTokens,
  })
  expect(byModel[0]?.cost).toBeCloseTo(summary.estimatedCost, 9)
})

test.each<[string, object, string]>([
  ['an unknown format', { format: 'csv' }, 'INVALID_OPTION'],
  ['no list of paths', { paths: 'x' }, 'INVALID_OPTION'],
  ['an unknown project', { projectId: 'nobody' }, 'PROJECT_NOT_FOUND'],
])('%s is an error', async (_name, options, code) => {
  const { ledger, project } = await openImport()
  const given = { format: 'codex', projectId: project.id, paths: [], ...options } as const
  await expect(importLogs(ledger, given)).rejects.toMatchObject({ code })
})
