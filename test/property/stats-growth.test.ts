/** Files that grow, rotate and are compressed between questions, with ids that come again in any of them: still the fold. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { createDuckDbEngine } from '../../src/stats/duckdb/engine.js'
import { createIndexEngine } from '../../src/stats/index/engine.js'
import { ProjectFiles } from '../../src/stats/index/project-files.js'
import type { StatsEngine, StatsQuestion } from '../../src/stats/stats-engine.js'
import { journalFiles } from '../journal-files.js'
import { near } from '../stats-equal.js'
import { active, closed, statsOf } from '../stats-files.js'
import { foldStats } from '../stats-fold.js'

const entry = fc.record({
  id: fc.integer({ min: 0, max: 7 }),
  status: fc.constantFrom('pending', 'success', 'error'),
  day: fc.nat(4),
  /** Seconds; few, so that ends are often equal. */
  end: fc.option(fc.nat(5), { nil: undefined }),
  tokens: fc.integer({ min: 1, max: 50 }),
  latency: fc.nat(20),
  tags: fc.subarray(['a', 'b']),
})
type Entry = typeof entry extends fc.Arbitrary<infer T> ? T : never
const appendTo = (slot: fc.Arbitrary<number>) =>
  fc.record({
    kind: fc.constant('append'),
    slot,
    entries: fc.array(entry, { minLength: 1, maxLength: 4 }),
    elsewhere: fc.boolean(),
  })
const rotate = (slot: fc.Arbitrary<number>) => fc.record({ kind: fc.constant('rotate'), slot })
const life = fc.oneof(
  fc.record({ kind: fc.constant('reopen') }),
  // As another process that asks now and then, and makes parts of its own.
  fc.record({ kind: fc.constant('ask elsewhere') }),
  fc.record({ kind: fc.constant('rest') }),
)
const step = fc.oneof(
  { weight: 5, arbitrary: appendTo(fc.nat(2)) },
  { weight: 2, arbitrary: rotate(fc.nat(2)) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('gzip'), which: fc.nat(9) }) },
  { weight: 3, arbitrary: life },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const questions: readonly Partial<StatsQuestion>[] = [
  {},
  { groupBy: ['day', 'model'] },
  { groupBy: ['tag'] },
  { groupBy: ['week'], timezone: 'America/New_York' },
  { fromMs: Date.UTC(2026, 0, 2, 12), groupBy: ['day'] },
]

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ledgerline-growth-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))
afterEach(() => vi.restoreAllMocks())

let made = 0

const programsOf = <T extends Step>(of: fc.Arbitrary<T>) =>
  fc.record({
    steps: fc.array(of, { minLength: 2, maxLength: 9 }),
    atOnceFrom: fc.constantFrom(1, 1e9, 1e9),
    partEvery: fc.constantFrom(1, 300, 1e9),
    saveIdsFrom: fc.constantFrom(1, 1, 1e9),
    asked: fc.nat(questions.length - 1),
  })
type Program = ReturnType<typeof programsOf<Step>> extends fc.Arbitrary<infer T> ? T : never

async function run({ steps, asked, ...options }: Program): Promise<void> {
  // Not removed before the end: a file of the same inode and the same tick of the clock would be taken for the last one.
  const dir = join(root, String(made++))
  mkdirSync(dir)
  const open = (): StatsEngine => createIndexEngine(createDuckDbEngine(), { ...options, folder: dir })
  let engine = open()
  const elsewhere = open()
  let sequence = 0
  for (const [index, taken] of steps.entries()) {
    if (taken.kind === 'reopen') {
      await engine.close()
      engine = open()
    } else if (taken.kind === 'rest') makeOld(dir)
    else sequence += change(dir, taken, sequence + 1)
    const question = questionOf(dir, questions[(asked + index) % questions.length] ?? {})
    const expected = foldStats(question)
    const isElsewhere = taken.kind === 'ask elsewhere' || ('elsewhere' in taken && taken.elsewhere)
    const asks = isElsewhere ? elsewhere : engine
    expect(near(await asks.stats(question), expected)).toEqual(expected)
  }
  await engine.close()
  await elsewhere.close()
  const fresh = open()
  const question = questionOf(dir, {})
  const expected = foldStats(question)
  expect(near(await fresh.stats(question), expected)).toEqual(expected)
  await fresh.close()
}

test('each answer is that of the fold, and that of a new engine over what the index kept', async () => {
  await fc.assert(fc.asyncProperty(programsOf(step), run), { numRuns: 300 })
})

test('while no file is gone, whoever replaces a part makes nobody begin the index anew', async () => {
  const begunAnew = vi.spyOn(ProjectFiles.prototype, 'forget')
  const one = fc.oneof(
    { weight: 4, arbitrary: appendTo(fc.constant(0)) },
    { weight: 1, arbitrary: rotate(fc.constant(0)) },
    { weight: 4, arbitrary: life },
  )
  await fc.assert(
    fc.asyncProperty(programsOf(one), async (program) => {
      begunAnew.mockClear()
      await run(program)
      expect(begunAnew).not.toHaveBeenCalled()
    }),
    { numRuns: 100 },
  )
})

test('an id whose rows change places, and which comes once more at once, keeps a row that counts', async () => {
  const dir = join(root, 'places')
  mkdirSync(dir)
  const engine = createIndexEngine(createDuckDbEngine())
  const row = { id: 1, status: 'success', day: 0, latency: 1, tags: [] } as const
  const write = (slot: number, fields: Pick<Entry, 'end' | 'tokens'> & Partial<Entry>): number =>
    change(dir, { kind: 'append', slot, entries: [{ ...row, tags: [], ...fields }], elsewhere: false }, 0)
  const append = (slot: number, end: number, tokens: number): number => write(slot, { end, tokens })
  const question = (): StatsQuestion => questionOf(dir, { groupBy: ['day', 'model'] })
  // Neither the first nor the last nor the slowest of its day, so that it is taken back from sums.
  for (const [id, latency] of [
    [0, 0],
    [7, 20],
  ] as const) {
    write(2, { id, latency, end: 3, tokens: 99 })
  }
  append(0, 3, 3)
  append(1, 3, 6)
  expect((await engine.stats(question())).measures.promptTokens).toBe(204)
  change(dir, { kind: 'rotate', slot: 1 }, 1)
  append(0, 1, 9)
  expect((await engine.stats(question())).measures).toMatchObject({ totalRequests: 3, promptTokens: 201 })
  await engine.close()
})

/** As if nobody had written to the growing files for an hour. */
function makeOld(dir: string): void {
  const then = Date.now() / 1000 - 3_600
  for (const path of journalFiles(dir)) if (!/-\d{8}-/.test(path)) utimesSync(path, then, then)
}

/** Gives how many files were closed. */
function change(dir: string, taken: Step, sequence: number): number {
  if ('entries' in taken) {
    appendFileSync(join(dir, active(taken.slot)), taken.entries.map(lineOf).join(''))
  } else if ('slot' in taken) {
    if (!existsSync(join(dir, active(taken.slot)))) return 0
    renameSync(join(dir, active(taken.slot)), join(dir, closed(sequence, 'raw', taken.slot)))
    return 1
  } else if ('which' in taken) {
    const raw = journalFiles(dir).filter((path) => /-\d{8}-.*\.jsonl$/.test(path))
    const path = raw[taken.which % Math.max(1, raw.length)]
    if (path === undefined) return 0
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)))
    // Kept under another name, so that its inode is not used again at once.
    renameSync(path, join(root, `gone-${made}-${sequence}-${Math.random()}`))
  }
  return 0
}

function lineOf({ id, status, day, end, tokens, latency, tags }: Entry): string {
  const start = Date.UTC(2026, 0, 1 + day, 7, id)
  return `${JSON.stringify({
    id: `i${id}`,
    project_id: 'p',
    chat_id: `c${id % 3}`,
    model: `m${tokens % 3}`,
    status,
    timestamp_start: new Date(start).toISOString(),
    ...(end === undefined ? {} : { timestamp_end: new Date(start + end * 1_000).toISOString() }),
    usage: { prompt_tokens: tokens },
    timings: { latency_ms: latency },
    tags,
  })}\n`
}

function questionOf(dir: string, asked: Partial<StatsQuestion>): StatsQuestion {
  return statsOf([{ projectId: 'p', files: journalFiles(dir) }], asked)
}
