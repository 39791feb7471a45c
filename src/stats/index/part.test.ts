import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Slices } from '../../slices.js'
import { keyOfId } from './id-key.js'
import { packPart } from './pack-part.js'
import { Part } from './part.js'
import { PartError } from './part-error.js'
import { RowDraft } from './row-draft.js'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledgerline-part-'))
  path = join(folder, 'llm_requests.0.jsonl.part')
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
  vi.restoreAllMocks()
})

/** Writes a part of so many rows that lie as many ms apart, and gives it as it is opened. */
async function written(rows: number): Promise<Part> {
  const draft = new RowDraft()
  for (let row = 0; row < rows; row++) {
    draft.add({ ...ROW, start: row * rows, prompt: row, id: keyOfId(`id ${row}`) })
  }
  const facts = { identity: 'file', content: rows, end: 0, lines: rows, damaged: 0 }
  writeFileSync(path, Buffer.concat(await packPart(draft, facts, new Slices())))
  const part = Part.open(path)
  if (part === undefined) throw new Error('no part')
  return part
}

const ROW = {
  combination: {
    status: 'success',
    ...{ model: null, provider: null, request_type: null, environment: null, error_code: null },
    ...{ project: null, estimated: false, summarized: false, writer: null },
  },
  coded: { chat: null, user: null, session: null, tag: null },
  ...{ end: 0, completion: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0 },
  ...{ latency: 0, firstToken: 0, cost: 0 },
} as const

const startsOf = async (part: Part): Promise<unknown> => [
  ...((await part.columns(['start'])).doubles.get('start') ?? []),
]

test('what is held may be replaced', async () => {
  const part = await written(2)
  expect(part.hold()).toBe(true)
  await written(3)
  expect(part.hold()).toBe(true)
  expect(await startsOf(part)).toEqual([0, 2])
})

test('what was replaced cannot be held, and is not read as another', async () => {
  const part = await written(2)
  const other = await written(3)
  expect(part.hold()).toBe(false)
  await expect(startsOf(part)).rejects.toThrow(PartError)
  expect(await startsOf(other)).toEqual([0, 3, 6])
  rmSync(path)
  expect(other.hold()).toBe(false)
})

test('a part that is replaced while it is loaded is the one or the other', async () => {
  await written(3)
  const other = readFileSync(path)
  await written(2)
  const { open } = Part
  vi.spyOn(Part, 'open').mockImplementation((name) => {
    const part = open(name)
    writeFileSync(path, other)
    return part
  })
  const part = Part.load(path)
  rmSync(path)
  expect([2, 3]).toContain(part?.count)
})

test.each<[string, number, number]>([
  ['one row', 10, 10],
  ['what lies between two', 11, 19],
  ['rows in the middle', 15, 70],
  ['what is before the first', -2, -1],
  ['the first', -1, 0],
  ['the last', 90, 1e9],
  ['what is behind the last', 91, 1e9],
  ['everything', Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  ['a span that ends before it begins', 50, 20],
])('columns of %s are those of all rows without the others', async (_, fromMs, toMs) => {
  const part = await written(10)
  const names = ['prompt', 'start', 'combination'] as const
  const all = await part.columns(names)
  const some = await part.columns(names, undefined, { fromMs, toMs })
  const starts = [...(all.doubles.get('start') ?? [])]
  const rows = [...starts.keys()].filter((row) => row * 10 >= fromMs && row * 10 <= toMs)
  expect(starts).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90])
  expect(some.count).toBe(rows.length)
  expect(some.from).toBe(rows[0] ?? some.from)
  expect([...(some.doubles.get('prompt') ?? [])]).toEqual(rows)
  expect([...(some.doubles.get('start') ?? [])]).toEqual(rows.map((row) => row * 10))
  expect([...(some.codes.get('combination') ?? [])]).toEqual(rows.map(() => 0))
})

test('parts of a growing file are of different rows, so they have different names', async () => {
  expect((await written(2)).identity).not.toBe((await written(3)).identity)
  expect((await written(2)).isLasting).toBe(false)
})
