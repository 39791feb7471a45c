import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ownIdentity } from '../../journal/process-identity.js'
import { processMark } from '../../journal/process-mark.js'
import { Database } from './database.js'
import { ReadableCopies } from './readable-copy.js'
import { makeTemporaryFolder, removeLeftFolders } from './temporary-folder.js'

/** Above the largest pid that Linux gives. */
const NOBODY = 2 ** 22 + 1
const gone = processMark({ ...ownIdentity(), pid: NOBODY })

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledgerline-test-'))
  vi.stubEnv('TMPDIR', join(folder, 'tmp'))
  mkdirSync(join(folder, 'tmp'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

const left = (): string[] => readdirSync(join(folder, 'tmp'))

describe('folders that a process left', () => {
  test.each<[string, string]>([
    ['one of this process', processMark()],
    ['one of this pid in an earlier life', processMark({ ...ownIdentity(), started: later() })],
    ['one of a process that is gone', gone],
    ['one of another host', processMark({ ...ownIdentity(), host: 'other', pid: NOBODY })],
    ['one before the last boot', processMark({ ...ownIdentity(), started: `old ${later()}`, pid: NOBODY })],
    ['one with a part that is no mark', 'x-1-2'],
  ])('%s', async (name, mark) => {
    const path = join(folder, 'tmp', `ledgerline-query-${mark}-abcdef`)
    mkdirSync(join(path, 'spill'), { recursive: true })
    writeFileSync(join(path, 'spill', 'rows'), 'private')
    await removeLeftFolders()
    const isRemoved = name.includes('gone') || name.includes('earlier life')
    expect(existsSync(path)).toBe(!isRemoved)
  })

  test('a link is not followed, neither as a folder nor in one', async () => {
    const kept = join(folder, 'kept')
    mkdirSync(kept)
    writeFileSync(join(kept, 'file'), 'kept')
    symlinkSync(kept, join(folder, 'tmp', `ledgerline-query-${gone}-aaaaaa`))
    const removed = join(folder, 'tmp', `ledgerline-query-${gone}-bbbbbb`)
    mkdirSync(removed)
    symlinkSync(kept, join(removed, 'spill'))
    await removeLeftFolders()
    expect(left()).toEqual([`ledgerline-query-${gone}-aaaaaa`])
    expect(readFileSync(join(kept, 'file'), 'utf8')).toBe('kept')
  })

  test('what only looks alike stays', async () => {
    const names = [
      `ledgerline-parquet-${gone}-abcdef`,
      `ledgerline-query-${gone}`,
      `my-ledgerline-query-${gone}-a`,
    ]
    for (const name of names) mkdirSync(join(folder, 'tmp', name))
    writeFileSync(join(folder, 'tmp', `ledgerline-query-${gone}-file`), '')
    await removeLeftFolders()
    expect(left().sort()).toEqual([...names, `ledgerline-query-${gone}-file`].sort())
  })

  test.skipIf(process.getuid?.() !== 0)('one of another user stays', async () => {
    const path = join(folder, 'tmp', `ledgerline-query-${gone}-abcdef`)
    mkdirSync(path)
    chownSync(path, 65_534, 65_534)
    await removeLeftFolders()
    expect(existsSync(path)).toBe(true)
  })

  test('without a temporary folder there is nothing to remove', async () => {
    vi.stubEnv('TMPDIR', join(folder, 'none'))
    await expect(removeLeftFolders()).resolves.toBeUndefined()
  })
})

describe('every folder is for its owner alone and says whose it is', () => {
  const expectOwn = (what: string): void => {
    const [name = '', ...others] = left()
    expect(others).toEqual([])
    expect(name).toMatch(new RegExp(`^ledgerline-${what}-${processMark()}-.`))
    expect(statSync(join(folder, 'tmp', name)).mode & 0o777).toBe(0o700)
  }

  test('that of a query', async () => {
    await makeTemporaryFolder('query')
    expectOwn('query')
  })

  test('that of readable copies', async () => {
    await using copies = new ReadableCopies()
    writeFileSync(join(folder, 'log.jsonl'), '{}\n')
    await copies.of(join(folder, 'log.jsonl'))
    expectOwn('readable')
  })

  test('that of the engine, gone when it is closed; it removes what others left', async () => {
    mkdirSync(join(folder, 'tmp', `ledgerline-readable-${gone}-abcdef`))
    const database = new Database({})
    await database.use(async (session) => {
      expect(await session.rows("SELECT current_setting('temp_directory') AS path")).toEqual([
        { path: join(folder, 'tmp', left()[0] ?? '') },
      ])
    })
    expectOwn('duckdb')
    await database.close()
    expect(left()).toEqual([])
  })

  test('where none can be made the engine answers from memory', async () => {
    vi.stubEnv('TMPDIR', join(folder, 'none'))
    const database = new Database({})
    expect(await database.use((session) => session.rows('SELECT 1 AS one'))).toEqual([{ one: 1 }])
    await database.close()
  })
})

function later(): string {
  const [boot, namespace, tick] = ownIdentity().started.split(' ')
  return `${boot} ${namespace} ${Number(tick) + 1}`
}
