/** The law of the stats: each engine answers what a plain fold over the lines of the files answers. */
import { appendFileSync, linkSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { summarizeLine } from '../../src/journal/upkeep/summarize-line.js'
import { createDuckDbEngine } from '../../src/stats/duckdb/engine.js'
import { createIndexEngine } from '../../src/stats/index/engine.js'
import type { StatsEngine, StatsQuestion, StatsSource } from '../../src/stats/stats-engine.js'
import { files, instants } from '../stats-arbitraries.js'
import { near } from '../stats-equal.js'
import { active, closed } from '../stats-files.js'
import { foldLogs, foldStats } from '../stats-fold.js'
import { questions, ZONES } from '../stats-questions.js'

interface Entrant {
  readonly name: string
  readonly create: () => StatsEngine
  /** Random sets of files with a question each; what the time of the test run allows. */
  readonly cases: number
  /** Whether it makes the lists of requests itself. */
  readonly makesLists: boolean
}

const ENGINES: readonly Entrant[] = [
  { name: 'DuckDB', create: () => createDuckDbEngine(), cases: 250, makesLists: true },
  {
    name: 'the index',
    create: () => createIndexEngine(createDuckDbEngine()),
    cases: 1_000,
    makesLists: false,
  },
  {
    name: 'the index, each file read at once and each growth made a part',
    create: () =>
      createIndexEngine(createDuckDbEngine(), { atOnceFrom: 0, partEvery: 1, folder: root, saveIdsFrom: 1 }),
    cases: 150,
    makesLists: false,
  },
]

let root: string
let made = 0

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ledgerline-stats-'))
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

const isGone = ({ pid }: { pid: number }): boolean => pid === 2

/** How a file lies in the folder; a cut segment lacks a part of its end. */
type Form = 'active' | 'raw' | 'gzip' | 'summary' | { readonly cutAt: number }
const cutAt = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const forms: fc.Arbitrary<Form> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Form>('active', 'raw') },
  { weight: 2, arbitrary: fc.constantFrom<Form>('gzip', 'summary') },
  { weight: 1, arbitrary: cutAt.map((at): Form => ({ cutAt: at })) },
)

const cases = fc.constantFrom(...ZONES).chain(([timezone, at]) => {
  const moment = Date.parse(at)
  return fc.record({
    contents: fc.array(
      fc.array(
        fc.option(fc.record({ bytes: files(moment), form: forms, isTwice: fc.boolean() }), { freq: 6 }),
        { maxLength: 3 },
      ),
      { minLength: 1, maxLength: 2 },
    ),
    asked: fc.array(questions(timezone, moment), { minLength: 1, maxLength: 2 }),
    /** Appended between two questions to a file that may grow. */
    more: fc.option(files(moment), { nil: undefined }),
    before: fc.option(fc.record({ ms: instants(moment), id: fc.constantFrom('id-3', 'id-12', '') }), {
      nil: undefined,
    }),
    limit: fc.integer({ min: 1, max: 12 }),
  })
})

describe.each(ENGINES)('$name', ({ create, cases: numRuns, makesLists }) => {
  test('stats and logs equal the fold, for random lines, damage, zones, ranges, groups and filters', async () => {
    const engine = create()
    await fc.assert(
      fc.asyncProperty(cases, async ({ contents, asked, more, before, limit }) => {
        // Not removed before the end: a file of the same inode and the same tick of the clock would be taken for the last one.
        const dir = join(root, String(made++))
        const sources = writeSources(dir, contents)
        const last = sources.flatMap((source) => source.files).findLast(mayGrow)
        for (const [index, question] of asked.entries()) {
          if (index > 0 && last !== undefined && more !== undefined) appendFileSync(last, more)
          await expectFold(engine, { ...question, sources, isGone })
          if (!makesLists) continue
          const { chatId, fromMs, toMs, filter } = question
          const id = limit > 10 ? 'id-3' : undefined
          const page = { sources, chatId, fromMs, toMs, filter, before, limit, id }
          expect(await engine.logs(page)).toEqual(foldLogs(page))
        }
      }),
      { numRuns },
    )
    await engine.close()
  })
})

/** An active file, unless it was closed while the files were listed. */
function mayGrow(file: string): boolean {
  return /\.\d\.jsonl$/.test(file) && statSync(file).nlink === 1
}

async function expectFold(engine: StatsEngine, question: StatsQuestion): Promise<void> {
  const expected = foldStats(question)
  for (const _ of ['cold', 'warm']) {
    const answer = await engine.stats(question)
    expect(near(answer, expected)).toEqual(expected)
    expect(Object.keys(answer.models)).toEqual(Object.keys(expected.models))
  }
}

interface Segment {
  readonly bytes: Buffer
  readonly form: Form
  /** It was closed while the files were listed. */
  readonly isTwice: boolean
}

function nameOf(form: Form, place: number): string {
  if (form === 'active') return active(place)
  return closed(place, typeof form === 'string' ? form : 'gzip')
}

function contentOf({ bytes, form }: Segment): Buffer {
  if (form === 'raw' || form === 'active') return bytes
  if (form === 'summary') {
    const lines = bytes.toString().split('\n')
    return gzipSync(lines.map((line) => summarizeLine(line) ?? '').join(''))
  }
  const compressed = gzipSync(bytes)
  return form === 'gzip' ? compressed : compressed.subarray(0, Math.floor(form.cutAt * compressed.length))
}

/** Null is a file that is listed and absent. */
function writeSources(dir: string, contents: readonly (readonly (Segment | null)[])[]): StatsSource[] {
  return contents.map((segments, source) => {
    const logs = join(dir, `p [${source}]*'`, 'logs')
    mkdirSync(logs, { recursive: true })
    const files = segments.flatMap((segment, index) => {
      const path = join(logs, nameOf(segment?.form ?? 'raw', index + 1))
      if (segment === null) return [path]
      writeFileSync(path, contentOf(segment))
      if (!segment.isTwice || segment.form !== 'raw') return [path]
      const other = join(logs, active(index + 1))
      linkSync(path, other)
      return [path, other]
    })
    return { projectId: `p${source}`, files }
  })
}
