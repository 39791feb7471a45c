/** The file of ids: what is written to it and when, and what harms it. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { contestsOf, part } from '../../../test/fixtures/parts-of-ids.js'
import { Slices } from '../../slices.js'
import { idsPath } from './part-path.js'
import { loadIds } from './saved-ids.js'
import { SeenIds } from './seen-ids.js'

const slices = new Slices()

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledgerline-ids-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** As one process after another sees them. */
const open = () => new SeenIds({ path: idsPath(folder), saveFrom: 1 })
const namesOf = (prefix: string, many: number) => Array.from({ length: many }, (_, n) => `${prefix} ${n}`)

/** What the file says of ids that several rows may have, and of which files it knows. */
async function saved(): Promise<{ contested: number | undefined; identities: string[] }> {
  const file = await loadIds(idsPath(folder))
  return { contested: file?.contested.length, identities: [...(file?.identities ?? [])].sort() }
}

test('files that take the place of others with as many ids are saved', async () => {
  const all = (from: number) => Promise.all(['a', 'b', 'c', 'd', 'e'].map((id, at) => part(from + at, [id])))
  await open().add(
    (await all(1)).map(({ block }) => block),
    slices,
  )
  const compressed = await all(11)
  await open().add(
    compressed.map(({ block }) => block),
    slices,
  )
  const before = compressed.map(({ reads }) => reads())
  await open().add(
    compressed.map(({ block }) => block),
    slices,
  )
  expect(compressed.map(({ reads }) => reads())).toEqual(before)
})

describe('ids that looked known and were found once', () => {
  test('are not saved when they are many: what nobody asked for is let go instead', async () => {
    const [one, two] = [await part(1, namesOf('one', 150)), await part(2, namesOf('two', 150))]
    await open().add([one.block, two.block], slices)
    const [compressed, more] = [await part(11, namesOf('one', 150)), await part(3, namesOf('more', 150))]
    const blocks = [compressed, two, more].map(({ block }) => block)
    await open().add(blocks, slices)
    expect(await saved()).toEqual({ contested: 0, identities: ['file 11', 'file 2', 'file 3'] })
    const before = [compressed, two, more].map(({ reads }) => reads())
    await open().add(blocks, slices)
    expect([compressed, two, more].map(({ reads }) => reads())).toEqual(before)
  })

  test('are not saved any more once all that is saved was asked for', async () => {
    await open().add([(await part(1, ['x'])).block], slices)
    const two = await part(2, ['x'])
    await open().add([two.block], slices)
    expect(await saved()).toEqual({ contested: 1, identities: ['file 1', 'file 2'] })
    const ids = open()
    await ids.add([two.block], slices)
    // More than the filter has room for, so that it is made anew without what is gone.
    await ids.add([two.block, (await part(3, namesOf('more', 6_000))).block], slices)
    expect(await saved()).toEqual({ contested: 0, identities: ['file 2', 'file 3'] })
  })

  test('are looked for again by those who ask for another part of what is saved', async () => {
    const [one, two, three] = [await part(1, ['x', 'a']), await part(2, ['x']), await part(3, ['b'])]
    await open().add([one.block], slices)
    await open().add([two.block], slices)
    await open().add([two.block, three.block], slices)
    const ids = open()
    await ids.add([one.block, two.block], slices)
    expect(contestsOf(ids, ['x'])).toEqual({ x: 2 })
  })
})

test.each<[string, (path: string) => void]>([
  ['taken away', (path) => rmSync(path)],
  ['cut', (path) => truncateSync(path, 100)],
  ['empty', (path) => truncateSync(path, 0)],
  [
    'a folder',
    (path) => {
      rmSync(path)
      mkdirSync(join(path, 'in it'), { recursive: true })
    },
  ],
  [
    'a link',
    (path) => {
      cpSync(path, `${path}.else`)
      rmSync(path)
      symlinkSync(`${path}.else`, path)
    },
  ],
  [
    'in a folder that is a link',
    (path) => {
      const own = dirname(path)
      cpSync(own, `${own}-else`, { recursive: true })
      rmSync(own, { recursive: true })
      symlinkSync(`${own}-else`, own)
    },
  ],
  ...Array.from({ length: 40 }, (_, n): [string, (path: string) => void] => [
    `wrong in byte ${n} of 40`,
    (path) => {
      const bytes = readFileSync(path)
      const at = Math.floor((bytes.length * n) / 40)
      bytes[at] = (bytes[at] ?? 0) ^ 0x55
      writeFileSync(path, bytes)
    },
  ]),
])('a file of them that is %s changes nothing but time', async (_, harm) => {
  const parts = [await part(1, ['a', 'b', 'c']), await part(2, ['c', 'd'])].map(({ block }) => block)
  await open().add(parts, slices)
  harm(idsPath(folder))
  const ids = open()
  await ids.add(parts, slices)
  expect(contestsOf(ids, ['c'])).toEqual({ c: 2 })
  await ids.add([...parts, (await part(3, ['a', 'e'])).block], slices)
  expect(contestsOf(ids, ['a', 'c'])).toEqual({ a: 2, c: 2 })
})

test('one that goes wrong before its bits are needed is made anew', async () => {
  const [one, two] = [await part(1, ['a', 'b']), await part(2, ['a'])]
  await open().add([one.block], slices)
  const ids = open()
  await ids.add([one.block], slices)
  rmSync(idsPath(folder))
  await ids.add([one.block, two.block], slices)
  expect(contestsOf(ids, ['a'])).toEqual({ a: 2 })
  expect(existsSync(idsPath(folder))).toBe(true)
})

test('none is written where the folder cannot be had, and no draft stays', async () => {
  writeFileSync(dirname(idsPath(folder)), 'in the way')
  await open().add([(await part(1, ['a'])).block], slices)
  expect(existsSync(idsPath(folder))).toBe(false)
  rmSync(dirname(idsPath(folder)))
  await open().add([(await part(1, ['a'])).block], slices)
  expect(readdirSync(dirname(idsPath(folder)))).toEqual(['ids'])
})
