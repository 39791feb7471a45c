import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { tempFolder } from '../../../test/fixtures/temp-folder.js'
import { countFolder, foldedName, readCounts, sumOf } from './count-folder.js'
import { foldCounts } from './fold-counts.js'

/** What other processes do meanwhile, once. */
let beforeLink: (() => void) | undefined
let isListCut = false

vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof import('node:fs/promises')>()
  const link = (from: string, to: string): Promise<void> => {
    beforeLink?.()
    beforeLink = undefined
    return fs.link(from, to)
  }
  const readdir = async (path: string, options: { withFileTypes: true }) => {
    const entries = await fs.readdir(path, options)
    if (!isListCut) return entries
    isListCut = false
    return entries.slice(0, 0)
  }
  return { ...fs, link, readdir }
})

let folder: string
beforeEach(() => {
  folder = countFolder(tempFolder())
  mkdirSync(folder, { recursive: true })
})

function write(name: string, rejected: number): string {
  const counts = [{ project_id: 'p', rejected, dropped: 0, recovered: 0 }]
  writeFileSync(join(folder, name), JSON.stringify({ closed: true, counts }))
  return join(folder, name)
}

const sum = async () => sumOf(await readCounts(folder)).sum('p').rejected

test('a fold that was overtaken by two others removes nothing', async () => {
  const [a, b, c] = [1, 10, 100].map((rejected) => write(`${randomUUID()}.json`, rejected))
  // To the others the writer of the third may be alive; the first generation of theirs is gone already.
  beforeLink = () => {
    write(foldedName(2), 11)
    for (const path of [a, b]) rmSync(path ?? '')
  }
  await foldCounts(folder)
  expect(await sum()).toBe(111)
  expect([existsSync(c ?? ''), existsSync(join(folder, foldedName(1)))]).toEqual([true, false])
})

test('a fold that another made first removes nothing', async () => {
  const [a, b, c] = [1, 10, 100].map((rejected) => write(`${randomUUID()}.json`, rejected))
  beforeLink = () => {
    write(foldedName(1), 11)
    for (const path of [a, b]) rmSync(path ?? '')
  }
  await foldCounts(folder)
  expect(await sum()).toBe(111)
  expect(existsSync(c ?? '')).toBe(true)
})

test('a list that lacks what changed its name while it was made is made again', async () => {
  write(foldedName(1), 5)
  isListCut = true
  expect(await sum()).toBe(5)
})
