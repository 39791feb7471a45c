import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { openImport } from './open-import.js'
import { answers } from './session-lines.js'

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
