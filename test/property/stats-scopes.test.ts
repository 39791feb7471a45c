/** Projects and all of them asked in any order, with ids that come again in any file of any project: still the fold. */
import {
  appendFileSync,
  copyFileSync,
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
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDuckDbEngine } from '../../src/stats/duckdb/engine.js'
import { createIndexEngine } from '../../src/stats/index/engine.js'
import type { StatsQuestion } from '../../src/stats/stats-engine.js'
import { journalFiles } from '../journal-files.js'
import { near } from '../stats-equal.js'
import { active, closed, statsOf } from '../stats-files.js'
import { foldStats } from '../stats-fold.js'

const DAY_MS = 86_400_000
const START = Date.UTC(2026, 0, 20)

const entry = fc.record({
  id: fc.nat(20),
  status: fc.constantFrom('pending', 'success', 'error'),
  /** Days of three months, so that sums of months are of many slots. */
  day: fc.nat(60),
  end: fc.option(fc.nat(5), { nil: undefined }),
  tokens: fc.integer({ min: 1, max: 50 }),
  /** Over five decades, around the widest span of a histogram too. */
  latency: fc.oneof(
    fc.nat(20),
    fc.integer({ min: 1, max: 40_000 }),
    fc.integer({ min: 490, max: 530 }).map((index) => 1.02 ** index),
  ),
})
const project = fc.nat(2)
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      project,
      entries: fc.array(entry, { minLength: 1, maxLength: 5 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rotate' as const), project }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('renew' as const), project, which: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), project, which: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('gzip' as const), project, which: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rest' as const), project }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      /** By another process. */
      elsewhere: fc.boolean(),
      of: fc.constantFrom([0], [1], [2], [0, 1, 2], [0, 1, 2]),
      groupBy: fc.constantFrom(['day', 'model'] as const, ['month'] as const, ['chat'] as const, [] as const),
      range: fc.option(fc.tuple(fc.nat(60 * 24), fc.nat(40 * 24)), { nil: undefined }),
    }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

let root: string
let made = 0
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ledgerline-scopes-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('every scope answers as the fold does, whichever was asked before', async () => {
  const programs = fc.record({
    steps: fc.array(step, { minLength: 6, maxLength: 24 }),
    atOnceFrom: fc.constantFrom(1, 1e9),
    partEvery: fc.constantFrom(1, 400, 1e9),
    saveIdsFrom: fc.constantFrom(1, 1e9),
  })
  await fc.assert(
    fc.asyncProperty(programs, async ({ steps, ...options }) => {
      // Not removed before the end: an inode that is used again would be taken for the file that had it.
      const dir = join(root, String(made++))
      for (const name of ['0', '1', '2']) mkdirSync(join(dir, name), { recursive: true })
      const open = () => createIndexEngine(createDuckDbEngine(), { ...options, folder: dir })
      let engine = open()
      const elsewhere = open()
      for (const [at, taken] of steps.entries()) {
        if (taken.kind === 'ask') {
          const question = questionOf(dir, taken)
          const expected = foldStats(question)
          const asks = taken.elsewhere ? elsewhere : engine
          expect(near(await asks.stats(question), expected)).toEqual(expected)
        } else if (taken.kind === 'reopen') {
          await engine.close()
          engine = open()
        } else change(join(dir, String(taken.project)), taken, at + 1)
      }
      await engine.close()
      await elsewhere.close()
    }),
    { numRuns: 300 },
  )
})

function change(dir: string, taken: Exclude<Step, { kind: 'ask' | 'reopen' }>, sequence: number): void {
  const now = join(dir, active())
  if (taken.kind === 'append') appendFileSync(now, taken.entries.map(lineOf).join(''))
  else if (taken.kind === 'rotate') {
    if (existsSync(now)) renameSync(now, join(dir, closed(sequence)))
  } else if (taken.kind === 'rest') {
    // As if nobody had written to it for an hour.
    const then = Date.now() / 1000 - 3_600
    if (existsSync(now)) utimesSync(now, then, then)
  } else {
    const files = journalFiles(dir).filter((path) => path !== now)
    const path = files[taken.which % Math.max(1, files.length)]
    if (path === undefined) return
    const aside = join(root, `aside-${made}-${sequence}`)
    renameSync(path, aside)
    if (taken.kind === 'renew') {
      copyFileSync(aside, `${aside}-copy`)
      renameSync(`${aside}-copy`, path)
    } else if (taken.kind === 'gzip') {
      const content = readFileSync(aside)
      if (path.endsWith('.gz')) writeFileSync(path, content)
      else writeFileSync(`${path}.gz`, gzipSync(content))
    }
  }
}

function lineOf({
  id,
  status,
  day,
  end,
  tokens,
  latency,
}: typeof entry extends fc.Arbitrary<infer T> ? T : never): string {
  const start = START + day * DAY_MS + id * 3_600_000
  return `${JSON.stringify({
    id: `i${id}`,
    project_id: 'p',
    chat_id: `c${id % 3}`,
    model: `m${tokens % 2}`,
    status,
    timestamp_start: new Date(start).toISOString(),
    ...(end === undefined ? {} : { timestamp_end: new Date(start + end * 1_000).toISOString() }),
    usage: { prompt_tokens: tokens },
    timings: { latency_ms: latency },
  })}\n`
}

function questionOf(dir: string, { of, groupBy, range }: Extract<Step, { kind: 'ask' }>): StatsQuestion {
  const fromMs = range && START + range[0] * 3_600_000
  const sources = of.map((name) => ({ projectId: `p${name}`, files: journalFiles(join(dir, String(name))) }))
  const toMs = range && (fromMs ?? 0) + range[1] * 3_600_000
  return statsOf(sources, { fromMs, toMs, groupBy, timezone: 'America/New_York' })
}
