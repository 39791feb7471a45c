import { appendFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openImport } from './open-import.js'
import { answerLine, answers, at, linesOf } from './session-lines.js'

const NOTHING_NEW = { newEntries: 0, changedEntries: 0 }

test('an import that is repeated adds nothing, and the stats stay', async () => {
  const { file, run, ledger, project } = await openImport()
  file('a/session.jsonl', answers(30))
  file('b/session.jsonl', answers(30, 100))
  expect(await run('claude-code')).toMatchObject({ newEntries: 60, files: 2, records: 60 })
  const stats = await ledger.getStats({ type: 'project', projectId: project.id })
  expect(await run('claude-code')).toMatchObject({ ...NOTHING_NEW, knownEntries: 60, byModel: [] })
  expect(await ledger.getStats({ type: 'project', projectId: project.id })).toEqual(stats)
})

test('of a session that has grown only what is new is added', async () => {
  const { file, run } = await openImport()
  const path = file('session.jsonl', answers(10))
  await run('claude-code')
  appendFileSync(path, answers(3, 50))
  expect(await run('claude-code')).toMatchObject({ newEntries: 3, changedEntries: 0, knownEntries: 10 })
})

test('a state that has changed replaces the old one', async () => {
  const { file, run, entries } = await openImport()
  const path = file('session.jsonl', linesOf(answerLine({ id: 'a', output: 3, at: at(1) })))
  expect(await run('claude-code')).toMatchObject({ newEntries: 1 })
  appendFileSync(path, linesOf(answerLine({ id: 'a', output: 300, at: at(2), finish: 'end_turn' })))
  expect(await run('claude-code')).toMatchObject({
    newEntries: 0,
    changedEntries: 1,
    byModel: [{ entries: 1, completionTokens: 300 }],
  })
  expect(await entries()).toMatchObject([{ usage: { completion_tokens: 300 } }])
  expect(await run('claude-code')).toMatchObject({ ...NOTHING_NEW, knownEntries: 1 })
})

test('a finished state counts, also where its time is the earlier one', async () => {
  const { file, run, entries } = await openImport()
  const path = file('session.jsonl', linesOf(answerLine({ id: 'a', output: 3, at: at(9) })))
  await run('claude-code')
  appendFileSync(path, linesOf(answerLine({ id: 'a', output: 300, at: at(2), finish: 'end_turn' })))
  expect(await run('claude-code')).toMatchObject({ changedEntries: 1 })
  expect(await run('claude-code')).toMatchObject(NOTHING_NEW)
  expect(await entries()).toMatchObject([{ usage: { completion_tokens: 300 } }])
})

test('a finished state that was logged with a later end ranks by that end in the same run too', async () => {
  const { file, run, entries } = await openImport()
  file('1.jsonl', linesOf(answerLine({ id: 'a', output: 3, at: at(2) })))
  file('2.jsonl', linesOf(answerLine({ id: 'a', output: 300, at: at(0), finish: 'end_turn' })))
  file('3.jsonl', linesOf(answerLine({ id: 'a', output: 200, at: at(1), finish: 'end_turn' })))
  expect(await run('claude-code')).toMatchObject({ newEntries: 1, byModel: [{ completionTokens: 300 }] })
  expect(await entries()).toMatchObject([{ usage: { completion_tokens: 300 } }])
  expect(await run('claude-code')).toMatchObject({ ...NOTHING_NEW, knownEntries: 1 })
})

test('copies of a session in other files are the same calls', async () => {
  const { file, run } = await openImport()
  file('1.jsonl', answers(5))
  file('2.jsonl', answers(5) + answers(2, 20))
  expect(await run('claude-code')).toMatchObject({
    newEntries: 7,
    skipped: [{ reason: 'superseded', records: 5 }],
  })
  expect(await run('claude-code')).toMatchObject({ ...NOTHING_NEW, knownEntries: 7 })
})

test('a copy in a later state takes the place of the earlier one in the sums', async () => {
  const { file, run, entries } = await openImport()
  file('1.jsonl', linesOf(answerLine({ id: 'a', output: 3, at: at(1) })))
  file('2.jsonl', linesOf(answerLine({ id: 'a', output: 300, at: at(2) })))
  expect(await run('claude-code')).toMatchObject({
    newEntries: 1,
    changedEntries: 0,
    byModel: [{ entries: 1, completionTokens: 300 }],
  })
  expect(await entries()).toMatchObject([{ usage: { completion_tokens: 300 } }])
  expect(await run('claude-code')).toMatchObject(NOTHING_NEW)
})

test('what was rotated and compressed is known too', async () => {
  const { file, run, ledger, project } = await openImport()
  file('session.jsonl', answers(20))
  await run('claude-code')
  await ledger.rotateLogs(project.id)
  expect(await run('claude-code')).toMatchObject({ ...NOTHING_NEW, knownEntries: 20 })
})

test('what retention has deleted is not imported again', async () => {
  const { file, run, ledger, project } = await openImport()
  file('session.jsonl', answers(20))
  await run('claude-code')
  await ledger.rotateLogs(project.id)
  await ledger.cleanupOldLogs({ projectId: project.id, retention: { maxAgeDays: 1 } })
  expect(await run('claude-code')).toMatchObject({ ...NOTHING_NEW, knownEntries: 20 })
  expect((await ledger.getStats({ type: 'global' })).summary.totalRequests).toBe(20)
})

test('of any states in any files one wins for good', async () => {
  const state = fc.record({
    id: fc.constantFrom('a', 'b', 'c'),
    output: fc.integer({ min: 0, max: 50 }),
    second: fc.integer({ min: 0, max: 4 }),
    finish: fc.constantFrom(null, 'end_turn'),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(state, { maxLength: 8 }), { minLength: 1, maxLength: 3 }),
      async (files) => {
        const { file, run, entries } = await openImport()
        for (const [number, states] of files.entries()) {
          file(
            `${number}.jsonl`,
            linesOf(...states.map(({ second, ...more }) => answerLine({ ...more, at: at(second) }))),
          )
        }
        const first = await run('claude-code')
        const before = await entries()
        expect(before).toHaveLength(new Set(files.flat().map(({ id }) => id)).size)
        const completion = before.reduce((sum, { usage }) => sum + (usage?.completion_tokens ?? 0), 0)
        expect(first.byModel[0]?.completionTokens ?? 0).toBe(completion)
        expect(await run('claude-code')).toMatchObject(NOTHING_NEW)
        expect(await entries()).toEqual(before)
      },
    ),
    { numRuns: 25 },
  )
})
