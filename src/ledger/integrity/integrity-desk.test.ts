import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { tempFolder } from '../../../test/fixtures/temp-folder.js'
import { Tally } from '../tally.js'
import { countFolder, foldedName, readCounts, sumOf, writeCounts } from './count-folder.js'
import { CountTable } from './counts.js'
import { foldCounts } from './fold-counts.js'
import { IntegrityDesk } from './integrity-desk.js'

function openDesk(workspace = tempFolder()) {
  const reports: string[] = []
  const tally = new Tally({
    isOpened: () => true,
    listIds: async () => [],
    onChange: () => desk.changed(),
  })
  const report = (message: string): void => void reports.push(message)
  const desk = new IntegrityDesk({ workspace, tally, report })
  onTestFinished(() => desk.close())
  return { desk, tally, reports, workspace, folder: countFolder(workspace) }
}

const sumIn = async (folder: string) => sumOf(await readCounts(folder)).sum('p')
const ownFile = async (folder: string) => [...(await readCounts(folder)).files.values()][0]

async function leave(folder: string, files: number): Promise<void> {
  for (let i = 0; i < files; i++) {
    const counts = new CountTable()
    counts.add('p', { rejected: 1 })
    await writeCounts(folder, `${randomUUID()}.json`, { closed: true, counts })
  }
}

test('what changed is in the file soon, what changes then a second later, and all at close', async () => {
  const { desk, tally, folder } = openDesk()
  tally.reject('p')
  await vi.waitFor(async () => expect(await sumIn(folder)).toMatchObject({ rejected: 1 }), 5_000)
  const written = statSync(join(folder, readdirSync(folder)[0] ?? '')).ino
  for (let i = 0; i < 10; i++) tally.drop('p')
  expect((await desk.sum()).sum('p')).toEqual({ rejected: 1, dropped: 10, recovered: 0 })
  await desk.close()
  expect(await sumIn(folder)).toEqual({ rejected: 1, dropped: 10, recovered: 0 })
  expect(statSync(join(folder, readdirSync(folder)[0] ?? '')).ino).not.toBe(written)
  expect(await ownFile(folder)).toMatchObject({ closed: true })
})

test('while the disk refuses nothing is lost, and it is told once', async () => {
  const { desk, tally, reports, folder, workspace } = openDesk()
  writeFileSync(join(workspace, 'logs'), 'in the way')
  tally.reject('p')
  await vi.waitFor(() => expect(reports).toHaveLength(1), 5_000)
  tally.drop('p')
  expect((await desk.sum()).sum()).toMatchObject({ rejected: 1, dropped: 1 })
  rmSync(join(workspace, 'logs'))
  await vi.waitFor(async () => expect(await sumIn(folder)).toMatchObject({ rejected: 1, dropped: 1 }), 10_000)
  expect(reports).toHaveLength(1)
})

test('many folds and readers at once lose and double nothing', async () => {
  const folder = countFolder(tempFolder())
  for (let round = 1; round <= 5; round++) {
    await leave(folder, 6)
    const folds = [1, 2, 3, 4].map(() => foldCounts(folder))
    const reads = [1, 2, 3, 4, 5, 6, 7, 8].map(() => sumIn(folder))
    for (const sum of await Promise.all(reads)) expect(sum.rejected).toBe(round * 6)
    await Promise.all(folds)
    expect((await sumIn(folder)).rejected).toBe(round * 6)
  }
  await foldCounts(folder)
  expect(readdirSync(folder).filter((name) => !name.startsWith('draft-'))).toHaveLength(1)
})

test('a file of a living process, or of one that cannot be looked at, is not folded', async () => {
  const { desk, tally, folder } = openDesk()
  await leave(folder, 2)
  tally.reject('p')
  await vi.waitFor(async () => expect((await readCounts(folder)).files.size).toBe(3), 5_000)
  const counts = new CountTable()
  counts.add('p', { dropped: 1 })
  const writer = { host: 'elsewhere', pid: 1, started: 'a b 1' }
  await writeCounts(folder, `${randomUUID()}.json`, { writer, counts })
  await foldCounts(folder)
  const { generation, files } = await readCounts(folder)
  expect([generation, files.size]).toEqual([1, 2])
  expect((await desk.sum()).sum('p')).toEqual({ rejected: 3, dropped: 1, recovered: 0 })
})

test.each([
  ['no JSON', '{"counts":['],
  ['no counts', '{}'],
  ['a negative count', '{"counts":[{"project_id":"p","rejected":-1,"dropped":0,"recovered":0}]}'],
  ['a count that is no number', '{"counts":[{"project_id":"p","rejected":"1","dropped":0,"recovered":0}]}'],
  ['a project that is no text', '{"counts":[{"project_id":{},"rejected":1,"dropped":0,"recovered":0}]}'],
  ['names that are no texts', '{"folded":[1],"counts":[]}'],
])('a file with %s is told once, does not count and stays', async (_, text) => {
  const { desk, reports, folder } = openDesk()
  await leave(folder, 2)
  const name = `${randomUUID()}.json`
  writeFileSync(join(folder, name), text)
  await foldCounts(folder)
  for (let i = 0; i < 2; i++) expect((await desk.sum()).sum().rejected).toBe(2)
  expect(reports).toHaveLength(1)
  expect(readFileSync(join(folder, name), 'utf8')).toBe(text)
})

test('over a folded file that cannot be read nothing is folded', async () => {
  const { desk, folder } = openDesk()
  await leave(folder, 3)
  writeFileSync(join(folder, foldedName(4)), 'garbage')
  await foldCounts(folder)
  expect(readdirSync(folder)).toHaveLength(4)
  expect((await desk.sum()).sum().rejected).toBe(3)
})

test('links are not followed, neither to read nor to write', async () => {
  const { desk, tally, reports, folder } = openDesk()
  const elsewhere = tempFolder()
  await leave(elsewhere, 1)
  mkdirSync(dirname(folder))
  symlinkSync(elsewhere, folder)
  tally.reject('p')
  await vi.waitFor(() => expect(reports).toHaveLength(1), 5_000)
  await desk.close()
  expect(readdirSync(elsewhere)).toHaveLength(1)
  expect((await readCounts(folder)).files.size).toBe(0)
  rmSync(folder)
  mkdirSync(folder)
  symlinkSync(join(elsewhere, readdirSync(elsewhere)[0] ?? ''), join(folder, `${randomUUID()}.json`))
  expect((await readCounts(folder)).files.size).toBe(0)
})
