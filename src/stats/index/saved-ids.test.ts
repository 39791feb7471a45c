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
import { afterEach, beforeEach, expect, test } from 'vitest'
import { contestsOf, part } from '../../../test/fixtures/parts-of-ids.js'
import { Slices } from '../slices.js'
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
