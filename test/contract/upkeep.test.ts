import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  type Ledger,
  type LedgerOptions,
  openLedger,
  type Project,
  type RetentionOptions,
} from '../../src/index.js'
import { readChain } from '../../src/journal/seals/read-chain.js'
import { claimRole } from '../../src/journal/slot.js'
import { openTestLedger, QUIET } from '../fixtures/open-test-ledger.js'

const DAY = 86_400_000
const daysAgo = (days: number): string => new Date(Date.now() - days * DAY).toISOString()

/** The names of the journal's files without slot, sequence and time. */
function forms(project: Project, base = 'llm_requests'): string[] {
  return readdirSync(project.paths.logsDir)
    .filter((name) => name.startsWith(base))
    .map((name) => name.replace(/\.\d+-\d{8}-[0-9TZ]+/, ' closed'))
    .sort()
}

function change(path: string, edit: (text: string) => string): void {
  writeFileSync(path, edit(readFileSync(path, 'utf8')))
}

async function totals(ledger: Ledger, project: Project): Promise<object> {
  const scope = { type: 'project', projectId: project.id } as const
  const { period, summary, models, breakdown } = await ledger.getStats(scope, {
    groupBy: ['day', 'tag', 'user'],
  })
  const {
    integrity: _,
    summarizedRequests: __,
    ...measures
  } = summary as typeof summary & {
    summarizedRequests?: number
  }
  return { period, measures, models: stripped(models), breakdown: stripped(breakdown) }
}

/** How many are known by their summary only is the one thing that retention changes. */
function stripped(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, each) => (key === 'summarizedRequests' ? undefined : each)))
}

/** A segment for each of the ages in days, oldest first, with requests of every kind; the active file is empty. */
async function withSegments(ages: readonly number[], options: LedgerOptions = {}) {
  const opened = await openTestLedger({ upkeep: false, ...options })
  const { ledger, project, entry } = opened
  for (const days of ages) {
    const at = {
      timestamp_start: daysAgo(days),
      tags: ['a', 'b'],
      user_id: `u${days}`,
      metadata: { said: 'secret words' },
    }
    await ledger.logLLMRequest(
      entry({
        ...at,
        status: 'success',
        usage: { prompt_tokens: 3, completion_tokens: 2 },
        timings: { latency_ms: days },
      }),
    )
    await ledger.logLLMRequest(
      entry({ ...at, status: 'error', error: { code: 'refused', message: 'secret words' } }),
    )
    await ledger.logProjectEvent(project.id, { event_type: 'said', message: 'secret words' })
    await ledger.rotateLogs(project.id)
  }
  return opened
}

const NOTHING = { segments: [], sealed: 0, compressed: 0, deleted: 0, problems: [] }

describe('rotateLogs', () => {
  test('closes what holds something, and seals it', async () => {
    const { ledger, project } = await withSegments([1])
    expect(forms(project)).toEqual(['llm_requests closed.jsonl', 'llm_requests.seals.jsonl'])
    expect(forms(project, 'events')).toEqual(['events closed.jsonl', 'events.seals.jsonl'])
    const { records, faults } = await readChain(project.paths.logsDir, 'llm_requests')
    expect({ types: records.map(({ type }) => type), faults }).toEqual({ types: ['seal'], faults: [] })
    expect(await ledger.rotateLogs()).toEqual(NOTHING)
  })

  test('says what it closed', async () => {
    const { ledger, project, entry } = await openTestLedger({ upkeep: false })
    await ledger.logLLMRequest(entry({ status: 'success' }))
    const { size } = lstatSync(join(project.paths.logsDir, 'llm_requests.jsonl'))
    expect(await ledger.rotateLogs()).toEqual({
      ...NOTHING,
      segments: [
        {
          projectId: project.id,
          journal: 'llm_requests',
          segment: expect.stringMatching(/^llm_requests\.0-00000001-/),
          bytes: size,
        },
      ],
      sealed: 1,
    })
  })

  test('while calls are being logged: each is there once, and in order', async () => {
    const { ledger, project, entry } = await openTestLedger({ upkeep: false, rotation: { gzip: true } })
    const calls: Promise<unknown>[] = []
    for (let i = 0; i < 400; i++) {
      calls.push(ledger.logLLMRequest(entry({ id: `r${i}`, status: 'success' })))
      if (i % 20 === 0) calls.push(ledger.rotateLogs(project.id))
      if (i % 7 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all(calls)
    await ledger.rotateLogs()
    const { logsDir } = project.paths
    const files = readdirSync(logsDir)
      .filter((name) => /^llm_requests\.0-.*gz$/.test(name))
      .sort()
    expect(files.length).toBeGreaterThan(1)
    const ids = files.flatMap((name) =>
      gunzipSync(readFileSync(join(logsDir, name)))
        .toString()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).id),
    )
    expect(ids).toEqual(Array.from({ length: 400 }, (_, i) => `r${i}`))
  })

  test('says what it did to segments of before', async () => {
    const { ledger, workspace } = await withSegments([40])
    await ledger.close()
    await using again = await openLedger({
      workspace,
      systemLog: QUIET,
      upkeep: false,
      rotation: { gzip: true },
      retention: { maxAgeDays: 30 },
    })
    expect(await again.rotateLogs()).toEqual({ ...NOTHING, compressed: 2, deleted: 1 })
    expect(await again.rotateLogs()).toEqual(NOTHING)
  })

  test('takes the file of a process that is gone, fences its unfinished line, and leaves that of one that lives', async () => {
    const { ledger, project, entry, workspace } = await openTestLedger({ upkeep: false })
    await ledger.logLLMRequest(entry({ status: 'success' }))
    await using other = await openLedger({ workspace, systemLog: QUIET, upkeep: false })
    await other.logLLMRequest(entry({ status: 'success' }))
    writeFileSync(join(project.paths.logsDir, 'llm_requests.7.jsonl'), '{"id":"torn')
    const { segments, problems } = await ledger.rotateLogs()
    expect(problems).toEqual([])
    expect(segments.map(({ segment }) => segment.slice(0, 14))).toEqual(['llm_requests.0', 'llm_requests.7'])
    expect(forms(project)).toContain('llm_requests.1.jsonl')
    const torn = readdirSync(project.paths.logsDir).find((name) => name.startsWith('llm_requests.7-'))
    expect(readFileSync(join(project.paths.logsDir, torn ?? ''), 'utf8')).toBe('{"id":"torn\n')
  })

  test('compresses what was sealed, and totals stay', async () => {
    const { ledger, project, workspace } = await withSegments([3, 2, 1])
    const before = await totals(ledger, project)
    await ledger.close()
    await using again = await openLedger({
      workspace,
      systemLog: QUIET,
      upkeep: false,
      rotation: { gzip: true },
    })
    expect(await again.rotateLogs()).toEqual({ ...NOTHING, compressed: 6 })
    expect(forms(project)).toEqual([
      ...Array(3).fill('llm_requests closed.jsonl.gz'),
      'llm_requests.seals.jsonl',
    ])
    expect(await totals(again, project)).toEqual(before)
    for (const name of readdirSync(project.paths.logsDir)) {
      if (!['.slots', '.index'].includes(name))
        expect(lstatSync(join(project.paths.logsDir, name)).mode & 0o777).toBe(0o600)
    }
  })

  test('keeps and names a segment that is not what its seal says', async () => {
    const { ledger, project } = await withSegments([1], { rotation: { gzip: false } })
    const { logsDir } = project.paths
    const name = readdirSync(logsDir).find((each) => /^llm_requests\.0-/.test(each)) ?? ''
    writeFileSync(
      join(logsDir, name),
      readFileSync(join(logsDir, name), 'utf8').replace('refused', 'changed'),
    )
    await using again = await openLedger({
      workspace: ledger.workspace,
      systemLog: QUIET,
      upkeep: false,
      rotation: { gzip: true },
    })
    const { problems } = await again.rotateLogs()
    expect(problems.map(({ code }) => code)).toEqual(['SEGMENT_CHANGED'])
    expect(forms(project)).toEqual(['llm_requests closed.jsonl', 'llm_requests.seals.jsonl'])
    expect(readdirSync(join(logsDir, '.slots')).filter((each) => each.startsWith('draft'))).toEqual([])
  })
})

describe('cleanupOldLogs', () => {
  test.each<[string, RetentionOptions, string[], number]>([
    ['age', { maxAgeDays: 15 }, ['age', 'age'], 2],
    ['count', { maxSegments: 1 }, ['count', 'count', 'count'], 1],
    ['bytes', { maxBytes: 1 }, Array(4).fill('bytes'), 0],
    ['nothing', {}, [], 4],
  ])('by %s: a dry run says the same, and totals survive', async (_, retention, reasons, left) => {
    const { ledger, project } = await withSegments([40, 20, 10, 1])
    const before = await totals(ledger, project)
    const plan = await ledger.cleanupOldLogs({ dryRun: true, retention })
    expect(forms(project)).toEqual([
      ...Array(4).fill('llm_requests closed.jsonl'),
      'llm_requests.seals.jsonl',
    ])
    const done = await ledger.cleanupOldLogs({ retention })
    expect(done).toEqual(plan)
    const requests = done.segments.filter(({ journal }) => journal === 'llm_requests')
    expect(requests.map(({ reason }) => reason)).toEqual(reasons)
    expect(requests.map(({ entries }) => entries)).toEqual(reasons.map(() => 2))
    expect(forms(project)).toEqual([
      ...Array(left).fill('llm_requests closed.jsonl'),
      ...Array(4 - left).fill('llm_requests closed.summary.jsonl.gz'),
      'llm_requests.seals.jsonl',
    ])
    expect(await totals(ledger, project)).toEqual(before)
  })

  test('keeps and names a segment that is not what its seal says', async () => {
    const { ledger, project } = await withSegments([40, 1])
    const { logsDir } = project.paths
    const [name = ''] = readdirSync(logsDir)
      .filter((each) => /^llm_requests\.0-/.test(each))
      .sort()
    change(join(logsDir, name), (text) => text.replace('"prompt_tokens":3', '"prompt_tokens":1'))
    const retention = { maxSegments: 1 }
    const plan = await ledger.cleanupOldLogs({ dryRun: true, retention })
    const done = await ledger.cleanupOldLogs({ retention })
    expect(done).toEqual(plan)
    expect(done.segments.map(({ journal }) => journal)).toEqual(['events'])
    expect(done.problems.map(({ code, path }) => ({ code, path }))).toEqual([
      { code: 'SEGMENT_CHANGED', path: join(logsDir, name) },
    ])
    expect(forms(project)).toEqual([
      ...Array(2).fill('llm_requests closed.jsonl'),
      'llm_requests.seals.jsonl',
    ])
    const { sealFaults } = await ledger.verify({ seals: true })
    expect(sealFaults.map(({ kind }) => kind)).toEqual(['edited'])
  })

  test('keeps and names what stands under the name of a deleted segment with another content', async () => {
    const { ledger, project } = await withSegments([40, 1])
    const { logsDir } = project.paths
    const [name = ''] = readdirSync(logsDir)
      .filter((each) => /^events\.0-/.test(each))
      .sort()
    const path = join(logsDir, name)
    const content = readFileSync(path, 'utf8')
    await ledger.cleanupOldLogs({ retention: { maxSegments: 1 } })
    writeFileSync(path, `${content}{"event_type":"x"}\n`)
    const { problems } = await ledger.rotateLogs()
    expect(problems).toMatchObject([{ code: 'SEGMENT_CHANGED', path }])
    const retention = { maxSegments: 1 }
    const plan = await ledger.cleanupOldLogs({ dryRun: true, retention })
    expect(await ledger.cleanupOldLogs({ retention })).toEqual(plan)
    expect(plan.segments).toEqual([])
    expect(existsSync(path)).toBe(true)
    writeFileSync(path, content)
    expect(await ledger.cleanupOldLogs({ dryRun: true, retention })).toEqual({ segments: [], problems: [] })
    expect((await ledger.rotateLogs()).problems).toEqual([])
    expect(existsSync(path)).toBe(false)
  })

  test('leaves nothing that was said, and puts each deletion on record', async () => {
    const { ledger, project } = await withSegments([40, 1])
    await ledger.cleanupOldLogs({ retention: { maxSegments: 1 } })
    const { logsDir } = project.paths
    const summary = readdirSync(logsDir).find((name) => name.includes('.summary.')) ?? ''
    const text = gunzipSync(readFileSync(join(logsDir, summary))).toString()
    expect(text.match(/secret/)).toBeNull()
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).summarized),
    ).toEqual([true, true])
    const { records } = await readChain(logsDir, 'llm_requests')
    const seal = records[0]
    expect(records.map(({ type }) => type)).toEqual(['seal', 'seal', 'delete'])
    expect(records[2]).toMatchObject({
      segment: seal?.segment,
      sha256: seal?.sha256,
      reason: 'count',
      entries: 2,
      damaged: 0,
      summary: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(forms(project, 'events')).toEqual(['events closed.jsonl', 'events.seals.jsonl'])
  })

  test('keeps the segment of a request that still goes on, and takes it once that has ended', async () => {
    const { ledger, project, entry } = await openTestLedger({ upkeep: false })
    const handle = await ledger.startLLMRequest(entry())
    await ledger.rotateLogs()
    const retention = { maxBytes: 1 }
    expect((await ledger.cleanupOldLogs({ retention })).segments).toEqual([])
    await handle.complete()
    expect((await ledger.cleanupOldLogs({ retention })).segments).toHaveLength(1)
    const scope = { type: 'project', projectId: project.id } as const
    expect((await ledger.getStats(scope)).summary).toMatchObject({ totalRequests: 1, pendingRequests: 0 })
  })

  test.each([
    [
      'the summary stands, and the files are all there',
      (dir: string, stem: string) => writeFileSync(join(dir, `${stem}.summary.jsonl.gz`), 'x'),
    ],
  ])('goes on where a pass was cut off: %s', async (_, cut) => {
    const { ledger, project } = await withSegments([40])
    const before = await totals(ledger, project)
    const { logsDir } = project.paths
    const stem =
      readdirSync(logsDir)
        .find((name) => /^llm_requests\.0-/.test(name))
        ?.replace('.jsonl', '') ?? ''
    cut(logsDir, stem)
    await ledger.cleanupOldLogs({ retention: { maxAgeDays: 1000 } })
    expect(forms(project)).toEqual(['llm_requests closed.jsonl', 'llm_requests.seals.jsonl'])
    cut(logsDir, stem)
    await ledger.cleanupOldLogs({ retention: { maxAgeDays: 1 } })
    expect(forms(project)).toEqual(['llm_requests closed.summary.jsonl.gz', 'llm_requests.seals.jsonl'])
    expect(await totals(ledger, project)).toEqual(before)
  })

  test('finishes a deletion that was cut off behind its record, also after a repair of the summary', async () => {
    const { ledger, project } = await withSegments([40, 1])
    const { logsDir } = project.paths
    const [name = ''] = readdirSync(logsDir)
      .filter((each) => /^llm_requests\.0-/.test(each))
      .sort()
    const content = readFileSync(join(logsDir, name))
    const before = await totals(ledger, project)
    await ledger.cleanupOldLogs({ retention: { maxSegments: 1 } })
    writeFileSync(join(logsDir, name), content)
    const summary = join(logsDir, name.replace('.jsonl', '.summary.jsonl.gz'))
    writeFileSync(summary, gzipSync(`${gunzipSync(readFileSync(summary))}garbage\n`))
    expect((await ledger.repair()).files).toMatchObject([{ path: summary, damaged: 1 }])
    expect((await ledger.rotateLogs()).problems).toEqual([])
    expect(existsSync(join(logsDir, name))).toBe(false)
    expect(await totals(ledger, project)).toEqual(before)
    expect((await ledger.verify({ seals: true })).sealFaults).toEqual([])
  })

  test('deletes nothing by age when the clock jumped, until it is told to trust it', async () => {
    const { ledger, project } = await withSegments([40])
    const clock = join(project.paths.logsDir, '.slots', 'clock')
    const record = JSON.stringify({ wall: Date.now() - 3650 * DAY, boot_id: 'other', uptime_s: 5 })
    writeFileSync(clock, record)
    const retention = { maxAgeDays: 30 }
    for (const dryRun of [true, false]) {
      const { segments, problems } = await ledger.cleanupOldLogs({ retention, dryRun })
      expect(segments).toEqual([])
      expect(problems.map(({ code }) => code)).toEqual(['CLOCK_NOT_TRUSTED'])
    }
    expect(readFileSync(clock, 'utf8')).toBe(record)
    const { segments, problems } = await ledger.cleanupOldLogs({ retention, trustClock: true })
    expect(problems).toEqual([])
    expect(segments.map(({ journal }) => journal)).toEqual(['llm_requests'])
    expect(JSON.parse(readFileSync(clock, 'utf8')).wall).toBeGreaterThan(Date.now() - DAY)
  })

  test.each([
    ['ten years ahead', 3650 * DAY, true],
    ['ten years ahead, before the first pass', 3650 * DAY, false],
    ['an hour back', -DAY / 24, true],
  ])('a real pass by a clock that is %s deletes nothing', async (_, jump, hasRecord) => {
    const { ledger, project, entry } = await withSegments([40, 1])
    const retention = { maxAgeDays: 60, chatsMaxAgeDays: 60 }
    if (hasRecord) expect((await ledger.cleanupOldLogs({ retention })).problems).toEqual([])
    const now = Date.now()
    vi.spyOn(Date, 'now').mockImplementation(() => now + jump)
    onTestFinished(() => {
      vi.restoreAllMocks()
    })
    await ledger.logLLMRequest(entry({ status: 'success' }))
    for (let pass = 1; pass <= 2; pass++) {
      const { segments, problems } = await ledger.cleanupOldLogs({ retention })
      expect({ segments, codes: problems.map(({ code }) => code) }).toEqual({
        segments: [],
        codes: ['CLOCK_NOT_TRUSTED'],
      })
    }
    vi.restoreAllMocks()
    expect(await ledger.cleanupOldLogs({ retention })).toEqual({ segments: [], problems: [] })
    expect(forms(project).filter((name) => name === 'llm_requests closed.jsonl')).toHaveLength(2)
  })

  test.each([true, false])(
    'works where only the logs were restored, without .slots; dry run: %s',
    async (dryRun) => {
      const { ledger, project, workspace } = await withSegments([40, 1])
      await ledger.close()
      const slots = join(project.paths.logsDir, '.slots')
      rmSync(slots, { recursive: true })
      await using again = await openLedger({ workspace, systemLog: QUIET, upkeep: false })
      const { segments, problems } = await again.cleanupOldLogs({ retention: { maxSegments: 1 }, dryRun })
      expect({ journals: segments.map(({ journal }) => journal), problems }).toEqual({
        journals: ['llm_requests', 'events'],
        problems: [],
      })
      expect(existsSync(slots)).toBe(!dryRun)
    },
  )

  test.each([true, false])(
    'says that .slots is a link, and follows it nowhere; dry run: %s',
    async (dryRun) => {
      const { ledger, project, workspace } = await withSegments([40, 1])
      await ledger.close()
      const slots = join(project.paths.logsDir, '.slots')
      rmSync(slots, { recursive: true })
      const outside = join(workspace, 'outside')
      mkdirSync(outside)
      symlinkSync(outside, slots)
      await using again = await openLedger({ workspace, systemLog: QUIET, upkeep: false })
      const { segments, problems } = await again.cleanupOldLogs({ retention: { maxSegments: 1 }, dryRun })
      expect({ segments, problems }).toMatchObject({
        segments: [],
        problems: [{ code: 'PATH_IS_SYMLINK', path: slots }],
      })
      expect(readdirSync(outside)).toEqual([])
    },
  )

  test('keeps and names a segment that cannot be read, and deletes the others', async () => {
    const { ledger, project } = await withSegments([40, 30, 1], { rotation: { gzip: true } })
    const { logsDir } = project.paths
    const [first = ''] = readdirSync(logsDir)
      .filter((name) => /^llm_requests.*gz$/.test(name))
      .sort()
    truncateSync(join(logsDir, first), 60)
    const { segments, problems } = await ledger.cleanupOldLogs({ retention: { maxAgeDays: 20 } })
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining(`${first} is a cut gzip file`),
    ])
    expect(segments.map(({ journal, last }) => `${journal} ${last?.slice(0, 10)}`)).toEqual([
      `llm_requests ${daysAgo(30).slice(0, 10)}`,
    ])
    expect(existsSync(join(logsDir, first))).toBe(true)
  })

  test('leaves what is no regular file alone, and writes to none', async () => {
    const { ledger, project, workspace } = await withSegments([40])
    const { logsDir } = project.paths
    const outside = join(workspace, 'outside.jsonl')
    writeFileSync(outside, 'x\n')
    symlinkSync(outside, join(logsDir, 'llm_requests.0-00000009-20200101T000000000Z.jsonl'))
    execFileSync('mkfifo', [join(logsDir, 'llm_requests.0-00000008-20200101T000000000Z.jsonl')])
    renameSync(join(logsDir, 'llm_requests.seals.jsonl'), join(logsDir, 'kept'))
    symlinkSync(outside, join(logsDir, 'llm_requests.seals.jsonl'))
    const { problems, segments } = await ledger.cleanupOldLogs({
      retention: { maxSegments: 1, maxAgeDays: 1 },
    })
    expect(problems.map(({ code }) => code)).toEqual(['PATH_IS_SYMLINK'])
    expect(segments).toEqual([])
    expect(readFileSync(outside, 'utf8')).toBe('x\n')
    expect(existsSync(join(logsDir, 'llm_requests.0-00000008-20200101T000000000Z.jsonl'))).toBe(true)
  })

  test.each<[string, object, string]>([
    ['an unknown option', { dry: true }, 'dry'],
    ['a limit of none', { retention: { maxAgeDays: 0 } }, 'retention.maxAgeDays'],
    ['a limit there is not', { retention: { maxDays: 1 } }, 'retention.maxDays'],
    ['a switch that is none', { dryRun: 'yes' }, 'dryRun'],
    ['a retention that is no object', { retention: 5 }, 'retention'],
  ])('refuses %s', async (_, options, field) => {
    const { ledger } = await openTestLedger()
    await expect(ledger.cleanupOldLogs(options)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      problems: [{ field }],
    })
  })

  test('an unknown project is not found, an empty one has nothing', async () => {
    const { ledger } = await openTestLedger()
    await expect(ledger.cleanupOldLogs({ projectId: 'nobody' })).rejects.toMatchObject({
      code: 'PROJECT_NOT_FOUND',
    })
    await expect(ledger.rotateLogs('../x')).rejects.toMatchObject({ code: 'INVALID_PROJECT_ID' })
    expect(await ledger.cleanupOldLogs()).toEqual({ segments: [], problems: [] })
  })
})

describe('in the background', () => {
  test('what a dead process left is done at open, what is rotated at once', async () => {
    const { ledger, project, workspace, entry } = await withSegments([40, 1])
    await ledger.close()
    const options = { rotation: { gzip: true, maxBytes: 4096 }, retention: { maxAgeDays: 30 } }
    await using again = await openLedger({ workspace, systemLog: QUIET, ...options })
    const done = [
      'llm_requests closed.jsonl.gz',
      'llm_requests closed.summary.jsonl.gz',
      'llm_requests.seals.jsonl',
    ]
    await expect.poll(() => forms(project)).toEqual(done)
    for (let i = 0; i < 3; i++)
      await again.logLLMRequest(entry({ status: 'success', metadata: 'x'.repeat(3000) }))
    await expect
      .poll(() => forms(project))
      .toEqual([done[0], ...done.slice(0, 2), 'llm_requests.jsonl', done[2]].sort())
  })

  test("a failure is on the system log and in nobody's way", async () => {
    const { ledger, project, workspace, entry } = await withSegments([1])
    await ledger.close()
    const { logsDir } = project.paths
    const chain = join(logsDir, 'llm_requests.seals.jsonl')
    renameSync(chain, `${chain}.kept`)
    mkdirSync(chain)
    await using again = await openLedger({ workspace, systemLog: { level: 'info', pretty: false } })
    await again.logLLMRequest(entry({ status: 'success' }))
    await again.close()
    expect(readFileSync(join(workspace, 'logs', 'system.jsonl'), 'utf8')).toMatch(
      /upkeep of a project was not complete/,
    )
  })

  test('of two files with the same fault both are told', async () => {
    const { ledger, project, workspace } = await withSegments([2, 1])
    await ledger.close()
    const { logsDir } = project.paths
    const altered = readdirSync(logsDir)
      .filter((name) => /^llm_requests\.0-\d{8}-/.test(name))
      .map((name) => join(logsDir, name))
    for (const path of altered) appendFileSync(path, '\n')
    const systemLog = { level: 'info', pretty: false } as const
    await using _again = await openLedger({ workspace, systemLog, rotation: { gzip: true } })
    const told = (): string[] =>
      readFileSync(join(workspace, 'logs', 'system.jsonl'), 'utf8')
        .split('\n')
        .flatMap((line) => (line.includes('SEGMENT_CHANGED') ? [JSON.parse(line).path] : []))
    await expect.poll(told).toEqual(altered)
  })
})

test.each<[string, (ledger: Ledger) => Promise<{ readonly problems: readonly { readonly code: string }[] }>]>(
  [
    ['rotateLogs', (ledger) => ledger.rotateLogs()],
    ['cleanupOldLogs', (ledger) => ledger.cleanupOldLogs()],
    ['repair', (ledger) => ledger.repair()],
  ],
)('%s that waits for another process is cut off by close', async (_, call) => {
  const { ledger, project, entry } = await openTestLedger({ upkeep: false })
  await ledger.logLLMRequest(entry({ status: 'success' }))
  const role = claimRole(project.paths.logsDir, 'upkeep')
  onTestFinished(() => role?.release())
  const called = call(ledger)
  await ledger.close()
  expect((await called).problems.map(({ code }) => code)).toEqual(['LEDGER_CLOSED'])
})
