/** The law of the stats: an engine answers what a plain fold over the lines of the files answers. */
import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { summarizeLine } from '../../src/journal/upkeep/summarize-line.js'
import { createDuckDbEngine } from '../../src/stats/duckdb/engine.js'
import type { StatsSource } from '../../src/stats/stats-engine.js'
import { files, instants } from '../stats-arbitraries.js'
import { foldLogs, foldStats } from '../stats-fold.js'
import { questions, ZONES } from '../stats-questions.js'

const engine = createDuckDbEngine()
let root: string
let made = 0

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ledgerline-stats-'))
})

afterAll(async () => {
  await engine.close()
  rmSync(root, { recursive: true, force: true })
})

const isGone = ({ pid }: { pid: number }): boolean => pid === 2

/** How a segment lies in the folder; a cut one lacks a part of its end. */
type Form = 'raw' | 'gzip' | 'summary' | { readonly cutAt: number }
const cutAt = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const forms: fc.Arbitrary<Form> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Form>('raw') },
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
    question: questions(timezone, moment),
    before: fc.option(fc.record({ ms: instants(moment), id: fc.constantFrom('id-3', 'id-12', '') }), {
      nil: undefined,
    }),
    limit: fc.integer({ min: 1, max: 12 }),
  })
})

test('stats and logs equal the fold, for random lines, damage, zones, ranges, groups and filters', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ contents, question, before, limit }) => {
      const sources = writeSources(contents)
      const asked = { ...question, sources, isGone }
      const expected = foldStats(asked)
      const answer = await engine.stats(asked)
      expect(snapped(answer, expected)).toEqual(expected)
      expect(Object.keys(answer.models)).toEqual(Object.keys(expected.models))

      const { chatId, fromMs, toMs, filter } = question
      const page = {
        sources,
        chatId,
        fromMs,
        toMs,
        filter,
        before,
        limit,
        id: limit > 10 ? 'id-3' : undefined,
      }
      expect(await engine.logs(page)).toEqual(foldLogs(page))
    }),
    { numRuns: 250 },
  )
}, 60_000)

interface Segment {
  readonly bytes: Buffer
  readonly form: Form
  /** It was closed while the files were listed. */
  readonly isTwice: boolean
}

function endingOf(form: Form): string {
  if (form === 'raw') return '.jsonl'
  return form === 'summary' ? '.summary.jsonl.gz' : '.jsonl.gz'
}

function contentOf({ bytes, form }: Segment): Buffer {
  if (form === 'raw') return bytes
  if (form === 'summary') {
    const lines = bytes.toString().split('\n')
    return gzipSync(lines.map((line) => summarizeLine(line) ?? '').join(''))
  }
  const compressed = gzipSync(bytes)
  return form === 'gzip' ? compressed : compressed.subarray(0, Math.floor(form.cutAt * compressed.length))
}

/** Null is a file that is listed and absent. */
function writeSources(contents: readonly (readonly (Segment | null)[])[]): StatsSource[] {
  const dir = join(root, String(made++))
  mkdirSync(dir)
  return contents.map((bytes, source) => ({
    projectId: `p${source}`,
    files: bytes.flatMap((content, index) => {
      const path = join(dir, `${source} [${index}]*'${content === null ? '.jsonl' : endingOf(content.form)}`)
      if (content !== null) writeFileSync(path, contentOf(content))
      if (content?.isTwice !== true || content.form !== 'raw') return [path]
      linkSync(path, `${path}.active.jsonl`)
      return [path, `${path}.active.jsonl`]
    }),
  }))
}

/** The actual value with every number replaced by the expected one where they differ by rounding only. */
function snapped(actual: unknown, expected: unknown): unknown {
  if (typeof actual === 'number' && typeof expected === 'number') {
    return Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)) ? expected : actual
  }
  if (Array.isArray(actual) && Array.isArray(expected))
    return actual.map((item, index) => snapped(item, expected[index]))
  if (!isObject(actual) || !isObject(expected)) return actual
  return Object.fromEntries(
    Object.entries(actual).map(([key, value]) => [key, snapped(value, expected[key])]),
  )
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
