import { appendFileSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { importLogs } from '../../src/index.js'
import { openImport } from './open-import.js'
import { answerLine, at, linesOf, toolLine } from './session-lines.js'

const NOTHING_NEW = { newEntries: 0, changedEntries: 0 }
const answers = (count: number, from = 0): string =>
  linesOf(
    ...Array.from({ length: count }, (_, index) =>
      answerLine({ id: `${from + index}`, output: index + 1, at: at(from + index), finish: 'end_turn' }),
    ),
  )

describe('again and again', () => {
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
})

describe('a dry run', () => {
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
})

describe('bad input', () => {
  const GOOD = answerLine({ id: 'good', output: 1, at: at(1) })
  test.each<[string, string | Uint8Array, object]>([
    ['a cut line', `${GOOD.slice(0, -20)}\n${GOOD}\n`, { skipped: [{ reason: 'damaged', records: 1 }] }],
    [
      'a last line without its end',
      `${GOOD}\n${GOOD.slice(0, 50)}`,
      { skipped: [{ reason: 'damaged', records: 1 }] },
    ],
    [
      'zeros',
      Buffer.concat([Buffer.alloc(5000), Buffer.from(`\n${GOOD}\n`)]),
      { skipped: [{ reason: 'damaged', records: 1 }] },
    ],
    [
      'zeros inside',
      `${GOOD.replace('"Hi"', '"\0"')}\n${GOOD}\n`,
      { skipped: [{ reason: 'damaged', records: 1 }] },
    ],
    ['text that is no JSON', `hello\n[1]\nnull\n${GOOD}\n`, { skipped: [{ reason: 'damaged', records: 3 }] }],
    [
      'lines of Windows, blank ones and a byte order mark',
      `\uFEFF${GOOD}\r\n\r\n  \n`,
      { records: 1, skipped: [] },
    ],
    [
      'bytes that are no UTF-8',
      Buffer.concat([Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from(`${GOOD}\n`)]),
      { skipped: [{ reason: 'damaged', records: 1 }] },
    ],
    [
      'nesting a million deep',
      `{"type":"assistant","message":{"usage":${'['.repeat(1e6)}${']'.repeat(1e6)}}}\n${GOOD}\n`,
      { skipped: [{ reason: 'no_usage', records: 1 }] },
    ],
    [
      'counts nested too deep to write',
      `${answerLine({ id: 'x', output: 1, at: at(1) }).replace('"service_tier":"standard"', `"service_tier":${'['.repeat(1e5)}${']'.repeat(1e5)}`)}\n${GOOD}\n`,
      { skipped: [{ reason: 'refused', records: 1 }] },
    ],
    [
      'a name that would be a prototype',
      `{"__proto__":{"type":"assistant"},"message":{"usage":{},"role":"assistant"}}\n${GOOD}\n`,
      { skipped: [] },
    ],
    ['an empty file', '', { newEntries: 0, records: 0 }],
  ])('%s is counted, and the rest is imported', async (_name, content, expected) => {
    const { file, run, entries } = await openImport()
    file('session.jsonl', content)
    expect(await run('claude-code')).toMatchObject({ newEntries: 1, problems: [], ...expected })
    expect(await entries()).toHaveLength(content.length === 0 ? 0 : 1)
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  test('a line of 50 MB is passed over', async () => {
    const { file, run } = await openImport()
    const long = toolLine('x'.repeat(50_000_000))
    file('session.jsonl', `${GOOD}\n${long}\n${answerLine({ id: 'b', output: 1, at: at(2) })}\n`)
    expect(await run('claude-code')).toMatchObject({
      newEntries: 2,
      skipped: [{ reason: 'too_long', records: 1 }],
    })
  })

  test('own keys named __proto__ are data', async () => {
    const { file, run, entries } = await openImport()
    const line = GOOD.replace('"service_tier":"standard"', '"__proto__":{"polluted":1}')
    file('session.jsonl', `${line}\n`)
    expect(await run('claude-code')).toMatchObject({ newEntries: 1 })
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
    expect(await entries()).toHaveLength(1)
  })

  test('secrets in what is kept are redacted', async () => {
    const { file, run, entries } = await openImport()
    const secret = `sk-ant-api03-${'a1B2'.repeat(10)}`
    const line = answerLine({
      id: 'a',
      output: 1,
      at: at(1),
      more: { cwd: `/work/${secret}`, version: secret, sessionId: secret },
    })
    file('session.jsonl', `${line}\n`)
    expect(await run('claude-code')).toMatchObject({ newEntries: 1 })
    expect(JSON.stringify(await entries())).not.toContain(secret)
    expect(await run('claude-code')).toMatchObject({ ...NOTHING_NEW, knownEntries: 1 })
  })
})

describe('files', () => {
  test('links are refused and named, and the others are read', async () => {
    const { file, folder, run } = await openImport()
    const real = file('real/session.jsonl', answers(2))
    symlinkSync(real, join(folder, 'link.jsonl'))
    symlinkSync(folder, join(folder, 'loop'))
    const { newEntries, problems } = await run('claude-code')
    expect(newEntries).toBe(2)
    expect(problems.map(({ code, path }) => [code, path])).toEqual([
      ['PATH_IS_SYMLINK', join(folder, 'link.jsonl')],
      ['PATH_IS_SYMLINK', join(folder, 'loop')],
    ])
  })

  test('a path that is not there is a problem, and no failure', async () => {
    const { file, folder, run } = await openImport()
    const path = file('session.jsonl', answers(2))
    const missing = join(folder, 'missing')
    expect(await run('claude-code', { paths: [missing, path] })).toMatchObject({
      newEntries: 2,
      problems: [{ code: 'SOURCE_UNREADABLE', path: missing }],
    })
  })

  test('of a folder only files of the format are read, each once; a named file whatever its name is', async () => {
    const { file, folder, run } = await openImport()
    file('notes.txt', answers(1))
    const other = file('session.bak', answers(1, 10))
    const path = file('session.jsonl', answers(1, 20))
    mkdirSync(join(folder, 'folder.jsonl'))
    expect(await run('claude-code', { paths: [folder, path, other] })).toMatchObject({
      files: 2,
      newEntries: 2,
    })
  })

  test('a compressed file is inflated, and one that is cut is counted', async () => {
    const { file, run } = await openImport()
    const whole = gzipSync(answers(50))
    const paths = [file('a.jsonl.gz', whole), file('b.jsonl.gz', whole.subarray(0, -20))]
    const { newEntries, skipped } = await run('claude-code', { paths })
    expect(newEntries).toBe(50)
    // The line in which it ends, and that it ends there.
    expect(skipped).toContainEqual({ reason: 'damaged', records: 2 })
  })

  test('progress ends at all bytes', async () => {
    const { file, run } = await openImport()
    file('session.jsonl', answers(200))
    const seen: number[] = []
    const { bytes } = await run('claude-code', {
      onProgress: (progress) => seen.push(progress.bytes / progress.totalBytes),
    })
    expect(seen.at(-1)).toBe(1)
    expect(bytes).toBeGreaterThan(0)
  })

  test('an import that was ended early goes on where it was', async () => {
    const { file, run } = await openImport()
    file('1.jsonl', answers(600))
    file('2.jsonl', answers(600, 1000))
    const stop = new AbortController()
    const first = await run('claude-code', { signal: stop.signal, onProgress: () => stop.abort() })
    expect(first).toMatchObject({ cancelled: true })
    expect(first.newEntries).toBeLessThan(1200)
    const { newEntries, knownEntries } = await run('claude-code')
    expect([newEntries + first.newEntries, knownEntries]).toEqual([1200, first.newEntries])
  })
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
