/** The index beside the journal is derived: without it, or with a wrong one, every answer is the same. */
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openLedger, type Stats, type StatsOptions } from '../../src/index.js'
import { openTestLedger, QUIET, type TestLedger } from '../fixtures/open-test-ledger.js'
import { tempFolder } from '../fixtures/temp-folder.js'
import { near } from '../stats-equal.js'

/** Segments in all forms and the active file, four requests in each. */
async function openFilled(): Promise<TestLedger> {
  const opened = await openTestLedger({ upkeep: false, liveCounters: false })
  const { ledger, entry, workspace } = opened
  const gzip = await openLedger({ workspace, systemLog: QUIET, upkeep: false, rotation: { gzip: true } })
  const log = async (day: number): Promise<void> => {
    for (let i = 0; i < 4; i++) {
      await ledger.logLLMRequest(
        entry({
          // One id is in every file.
          ...(i === 0 ? { id: 'resent' } : {}),
          status: i === 1 ? 'error' : 'success',
          chat_id: `chat-${i % 2}`,
          model: `m${(i + day) % 3}`,
          timestamp_start: new Date(Date.UTC(2026, 2, 5 + day, i * 7)).toISOString(),
          timestamp_end: new Date(Date.UTC(2026, 2, 6 + day, i * 7)).toISOString(),
          timings: { latency_ms: 10 ** i + day },
          usage: { prompt_tokens: i, completion_tokens: day },
          tags: i > 1 ? ['a', 'b'] : [],
        }),
      )
    }
  }
  await log(0)
  await ledger.rotateLogs()
  await gzip.cleanupOldLogs({ retention: { maxBytes: 1 } })
  await log(1)
  await ledger.rotateLogs()
  expect(await gzip.rotateLogs()).toMatchObject({ compressed: 1 })
  await gzip.close()
  await log(2)
  await ledger.rotateLogs()
  await log(3)
  return opened
}

const ASKED: readonly StatsOptions[] = [
  {},
  { groupBy: ['day', 'model'], timezone: 'America/New_York' },
  { groupBy: ['hour', 'tag'], timezone: 'Asia/Kathmandu' },
  { groupBy: 'week', fromDate: '2026-03-06T03:00:00Z', toDate: '2026-03-08' },
  { filter: { tag: 'a', status: 'success' }, groupBy: 'chat' },
]

async function answers({ ledger, project }: Pick<TestLedger, 'ledger' | 'project'>): Promise<Stats[]> {
  const stats: Stats[] = []
  for (const options of ASKED) {
    stats.push(await ledger.getStats({ type: 'global' }, options))
    stats.push(await ledger.getStats({ type: 'project', projectId: project.id }, options))
    stats.push(await ledger.getStats({ type: 'chat', projectId: project.id, chatId: 'chat-0' }, options))
  }
  return stats
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => lstatSync(path).isFile())
}

const HARM: readonly (readonly [string, (index: string) => void])[] = [
  ['is deleted', (index) => rmSync(index, { recursive: true, force: true })],
  [
    'is cut',
    (index) => kept(index).forEach((path) => void truncateSync(path, Math.floor(statSync(path).size / 2))),
  ],
  ['is empty', (index) => kept(index).forEach((path) => void truncateSync(path))],
  [
    'is garbled',
    (index) =>
      kept(index).forEach(
        (path) =>
          void writeFileSync(
            path,
            readFileSync(path).map((byte) => byte ^ 0x55),
          ),
      ),
  ],
  [
    'has a wrong bit in each file',
    (index) => {
      for (const path of kept(index)) {
        const bytes = readFileSync(path)
        const at = Math.floor(bytes.length / 3)
        bytes[at] = (bytes[at] ?? 0) ^ 4
        writeFileSync(path, bytes)
      }
    },
  ],
  [
    'has its files exchanged',
    (index) => {
      const paths = kept(index)
      const contents = paths.map((path) => readFileSync(path))
      for (const [at, path] of paths.entries()) writeFileSync(path, contents.at(at - 1) ?? '')
    },
  ],
  [
    'is a file',
    (index) => {
      rmSync(index, { recursive: true, force: true })
      writeFileSync(index, 'no folder')
    },
  ],
  [
    'is a link to nowhere',
    (index) => {
      rmSync(index, { recursive: true, force: true })
      symlinkSync(join(index, '..', 'nowhere'), index)
    },
  ],
]

const kept = (index: string): string[] =>
  statSync(index, { throwIfNoEntry: false })?.isDirectory() === true ? filesBelow(index) : []

describe('an index that', () => {
  test.each(HARM)('%s changes no answer', async (_, harm) => {
    const opened = await openFilled()
    const { ledger, project, workspace, entry } = opened
    const before = await answers(opened)
    expect(before[0]?.summary).toMatchObject({ totalRequests: 13, integrity: { persisted: 16, damaged: 0 } })
    expect(before[0]?.summary.summarizedRequests).toBe(3)
    const index = join(project.paths.logsDir, '.index')
    harm(index)
    const after = await answers(opened)
    expect(near(after, before)).toEqual(before)

    harm(index)
    await using again = await openLedger({ workspace, systemLog: QUIET, upkeep: false })
    const fresh = await answers({ ledger: again, project })
    expect(near(fresh, before)).toEqual(before)

    harm(index)
    await again.logLLMRequest(entry({ status: 'success' }))
    for (const each of [ledger, again])
      expect((await each.getStats({ type: 'global' })).summary.totalRequests).toBe(14)
  })
})

test('what is kept is for its owner only, and no part of the journal', async () => {
  const opened = await openFilled()
  const { ledger, workspace } = opened
  const verified = await ledger.verify({ seals: true })
  const before = await answers(opened)
  for (const name of readdirSync(workspace, { recursive: true, encoding: 'utf8' })) {
    const stat = lstatSync(join(workspace, name))
    expect([name, stat.mode & 0o777]).toEqual([name, stat.isDirectory() ? 0o700 : 0o600])
  }
  expect(await ledger.verify({ seals: true })).toEqual(verified)
  expect(await ledger.repair()).toMatchObject({ files: [], busy: [], problems: [] })
  const retired = await ledger.cleanupOldLogs({ retention: { maxSegments: 1 } })
  expect(retired).toMatchObject({ segments: [{ journal: 'llm_requests' }], problems: [] })
  const counts = (all: Stats[]): number[] => all.map(({ summary }) => summary.totalRequests)
  expect(counts(await answers(opened))).toEqual(counts(before))
})

test('a link in its place is not followed', async () => {
  const opened = await openFilled()
  const outside = tempFolder()
  writeFileSync(join(outside, 'precious'), 'kept')
  const index = join(opened.project.paths.logsDir, '.index')
  rmSync(index, { recursive: true, force: true })
  symlinkSync(outside, index)
  expect((await answers(opened))[0]?.summary.totalRequests).toBe(13)
  expect(readdirSync(outside)).toEqual(['precious'])
  expect(readFileSync(join(outside, 'precious'), 'utf8')).toBe('kept')
})

test('that of another project of the same segment names is not taken for its own', async () => {
  const one = await openFilled()
  const two = await openTestLedger({ upkeep: false })
  await two.ledger.logLLMRequest(two.entry({ status: 'error' }))
  await two.ledger.rotateLogs()
  await answers(one)
  await two.ledger.getStats({ type: 'global' })
  const [from, to] = [one, two].map(({ project }) => join(project.paths.logsDir, '.index'))
  rmSync(to ?? '', { recursive: true, force: true })
  if (kept(from ?? '').length > 0) renameSync(from ?? '', to ?? '')
  else mkdirSync(to ?? '')
  expect((await two.ledger.getStats({ type: 'global' })).summary).toMatchObject({
    totalRequests: 1,
    failedRequests: 1,
  })
})
