import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { tempFolder } from '../../test/fixtures/temp-folder.js'
import { AppendFile } from './append-file.js'

// The clock alone is a stand-in, so that no wait is over before a test says so; the files are real.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

/** A file that was written to just now. */
async function openFile({ sync = false } = {}) {
  const folder = tempFolder()
  const path = join(folder, 'log.jsonl')
  const rotation = { maxBytes: 1_000_000, closedPath: () => join(folder, 'closed.jsonl') }
  const file = new AppendFile({ path, sync, rotation })
  await file.append('a\n', true)
  return { file, folder, content: () => readFileSync(path, 'utf8') }
}

/** Time enough for a write that has begun. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

test.each([false, true])('the first line after a pause is written at once (sync: %s)', async (sync) => {
  const { file, content } = await openFile({ sync })
  expect(content()).toBe('a\n')
  vi.advanceTimersByTime(10)
  await file.append('b\n', true)
  expect(content()).toBe('a\nb\n')
  await file.close()
})

test.each([false, true])('lines that may wait are written together, later (sync: %s)', async (sync) => {
  const { file, content } = await openFile({ sync })
  const waiting = [file.append('b\n', true), file.append('c\n', true)]
  await turns()
  expect(content()).toBe('a\n')
  vi.advanceTimersByTime(9)
  await turns()
  expect(content()).toBe('a\n')
  vi.advanceTimersByTime(1)
  await Promise.all(waiting)
  expect(content()).toBe('a\nb\nc\n')
  await file.close()
})

test('what comes while a write is under way waits from the beginning of that', async () => {
  const { file, content } = await openFile()
  const urgent = file.append('b\n')
  await Promise.resolve()
  const waiting = file.append('c\n', true)
  await urgent
  await turns()
  expect(content()).toBe('a\nb\n')
  vi.advanceTimersByTime(10)
  await waiting
  expect(content()).toBe('a\nb\nc\n')
  await file.close()
})

test.each<[string, (file: AppendFile, folder: string) => Promise<unknown>, string]>([
  ['a line that may not wait', (file) => file.append('c\n'), 'a\nb\nc\n'],
  ['64 KiB', (file) => file.append(`${'c'.repeat(64 * 1024)}\n`, true), `a\nb\n${'c'.repeat(64 * 1024)}\n`],
  ['settled()', (file) => file.settled(), 'a\nb\n'],
  ['close()', (file) => file.close(), 'a\nb\n'],
])('%s takes along what waits', async (_, hurry, expected) => {
  const { file, folder, content } = await openFile()
  const waiting = file.append('b\n', true)
  await turns()
  await hurry(file, folder)
  await waiting
  expect(content()).toBe(expected)
  await file.close()
})

test('a rotation loses nothing of what waits', async () => {
  const { file, folder, content } = await openFile()
  const waiting = file.append('b\n', true)
  expect(await file.rotate(() => true)).toBe(join(folder, 'closed.jsonl'))
  await waiting
  expect(readFileSync(join(folder, 'closed.jsonl'), 'utf8') + content()).toBe('a\nb\n')
  await file.close()
})

test('lines keep the order of the calls, whether they may wait or not', async () => {
  const { file, content } = await openFile()
  const lines = Array.from({ length: 400 }, (_, i) => `${i}\n`)
  const written: Promise<void>[] = []
  for (const [i, line] of lines.entries()) {
    written.push(file.append(line, i % 3 !== 0))
    if (i % 7 === 0) await turns()
    if (i % 11 === 0) vi.advanceTimersByTime(10)
  }
  await file.settled()
  await Promise.all(written)
  expect(content()).toBe(`a\n${lines.join('')}`)
  await file.close()
})
