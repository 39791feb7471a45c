import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { tempFolder } from '../../test/fixtures/temp-folder.js'
import { syncFolder } from './sync-folder.js'
import { syncName } from './sync-name.js'

vi.mock('./sync-folder.js', () => ({ syncFolder: vi.fn(async () => undefined) }))
const synced = (): string[] => vi.mocked(syncFolder).mock.calls.map(([path]) => path)

beforeEach(() => {
  vi.mocked(syncFolder).mockReset()
})

function fileIn(folder: string, ...names: string[]): string {
  const path = join(folder, ...names)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, '')
  return path
}

test('the folder of a file and all above it are synced, once as long as they are the same', async () => {
  const folder = tempFolder()
  const path = fileIn(folder, 'logs', 'a.jsonl')
  await syncName(path)
  expect(synced().slice(0, 3)).toEqual([join(folder, 'logs'), folder, dirname(folder)])
  await syncName(path)
  expect(synced().slice(3)).not.toContain(join(folder, 'logs'))

  vi.mocked(syncFolder).mockClear()
  await syncName(fileIn(folder, 'logs', 'b.jsonl'))
  expect(synced()).toEqual([join(folder, 'logs')])
})

test.each([
  ['another file', (path: string) => rmSync(path)],
  ['another name of the same file', (path: string) => renameSync(path, `${path}-moved`), 'a.jsonl-moved'],
  ['another folder', (path: string) => renameSync(dirname(path), `${dirname(path)}-moved`)],
])('%s is synced anew', async (_, replace, name = 'a.jsonl') => {
  const folder = tempFolder()
  const path = fileIn(folder, 'logs', 'a.jsonl')
  await syncName(path)
  replace(path)
  fileIn(folder, 'logs', 'a.jsonl')
  vi.mocked(syncFolder).mockClear()
  await syncName(join(folder, 'logs', name))
  expect(synced()[0]).toBe(join(folder, 'logs'))
})

test('two at once in a new folder: neither is done before the folder has its name', async () => {
  const folder = tempFolder()
  const paths = ['a.jsonl', 'b.jsonl'].map((name) => fileIn(folder, 'logs', name))
  let isSynced = false
  vi.mocked(syncFolder).mockImplementation(async (path) => {
    if (path !== folder) return
    await new Promise((resolve) => setImmediate(resolve))
    isSynced = true
  })
  await Promise.race(paths.map(syncName))
  expect(isSynced).toBe(true)
})

test('a folder that cannot be synced is an error, one above it that may not be read is none', async () => {
  const folder = tempFolder()
  const path = fileIn(folder, 'logs', 'a.jsonl')
  const failAt = (failing: string, code: string) => async (path: string) => {
    if (path === failing) throw Object.assign(new Error(code), { code })
  }
  vi.mocked(syncFolder).mockImplementation(failAt(folder, 'EIO'))
  await expect(syncName(path)).rejects.toMatchObject({ code: 'EIO' })
  vi.mocked(syncFolder).mockImplementation(failAt(folder, 'EACCES'))
  await syncName(path)
})
