import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type Ledger, openLedger, type Summary } from '../../src/index.js'
import { readLines } from '../../src/journal/read-lines.js'
import { readChain } from '../../src/journal/seals/read-chain.js'
import { listSegments } from '../../src/journal/segments.js'
import { openTestLedger, QUIET } from '../fixtures/open-test-ledger.js'
import { tempFolder } from '../fixtures/temp-folder.js'

const CHILD = fileURLToPath(new URL('children/upkeep-pass.mjs', import.meta.url))
const DAY = 86_400_000
const RETENTION = { maxSegments: 1, maxAgeDays: 20, chatsMaxAgeDays: 20 }

/** Why a process cannot be killed before its n-th step here; undefined when it can. */
const obstacle = ((): string | undefined => {
  const { error, status } = spawnSync('strace', ['-f', '-qq', '-e', 'trace=unlink', 'true'])
  if (error !== undefined) return 'strace is not installed'
  return status === 0 ? undefined : 'strace may not trace here'
})()

/**
 * System calls that change files, and each which of them is tried. They are counted by thread, so one thread of the pool
 * makes one order. Of `write` most only wake a thread up, and what it writes is a draft; around an `fsync` the files are as at the next step.
 */
const STEPS = [
  ['rename', 1],
  ['unlink', 1],
  ['fsync', 3],
  ['fdatasync', 1],
  ['pwrite64', 1],
  ['write', 100],
] as const

/** True when the pass was killed before its n-th step, false when it had fewer. */
function killBefore(n: number, call: string, workspace: string, projectId: string): boolean {
  const inject = `inject=${call}:signal=KILL:when=${n}`
  const args = ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', inject]
  const { stdout, stderr, error } = spawnSync(
    'strace',
    [...args, process.execPath, CHILD, workspace, projectId],
    {
      encoding: 'utf8',
      env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
    },
  )
  if (error !== undefined) throw error
  if (stdout === 'done\n') return false
  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: expect.not.stringContaining('Error') })
  return true
}

/**
 * Two closed segments of requests, one of events that is old, and an active file; nothing is sealed yet. An old chat in a
 * closed and an active file, and a young one that is closed.
 */
async function template() {
  const opened = await openTestLedger({ upkeep: false })
  const { ledger, project, entry } = opened
  for (const days of [40, 1]) {
    const timestamp_start = new Date(Date.now() - days * DAY).toISOString()
    for (let i = 0; i < 5; i++) {
      const usage = { prompt_tokens: days, completion_tokens: i }
      await ledger.logLLMRequest(
        entry({ timestamp_start, usage, status: 'success', metadata: 'x'.repeat(300) }),
      )
    }
    if (days === 40) await ledger.logProjectEvent(project.id, { event_type: 'said' })
    await ledger.rotateLogs()
  }
  await ledger.logLLMRequest(entry({ status: 'error' }))
  const message = { project_id: project.id, role: 'user', content: 'hello' } as const
  for (const chat_id of ['old', 'old', 'young', 'young']) await ledger.appendMessage({ ...message, chat_id })
  await ledger.close()
  const { logsDir, chatsDir } = project.paths
  closeChat(chatsDir, 'young')
  age(join(chatsDir, 'old.jsonl'), 40)
  closeChat(chatsDir, 'old')
  cpSync(closedChat(chatsDir, 'old'), join(chatsDir, 'old.jsonl'), { preserveTimestamps: true })
  for (const name of readdirSync(logsDir)) if (name.includes('.seals.')) rmSync(join(logsDir, name))
  // A line of it can have any time; the time of an event is that of the call.
  const [events = ''] = readdirSync(logsDir).filter((name) => name.startsWith('events.0-'))
  const event = { event_type: 'said', timestamp: new Date(Date.now() - 40 * DAY).toISOString() }
  writeFileSync(join(logsDir, events), `${JSON.stringify(event)}\n`)
  return opened
}

const closedChat = (chatsDir: string, id: string): string =>
  join(chatsDir, '.closed', id, '0-00000001-20260131T140506078Z.jsonl')

function closeChat(chatsDir: string, id: string): void {
  mkdirSync(join(chatsDir, '.closed', id), { recursive: true })
  renameSync(join(chatsDir, `${id}.jsonl`), closedChat(chatsDir, id))
}

/** As if its last line had been written so many days ago. */
function age(path: string, days: number): void {
  const at = new Date(Date.now() - days * DAY)
  const time = `"$1":"${at.toISOString()}"`
  writeFileSync(path, readFileSync(path, 'utf8').replace(/"(created_at|updated_at)":"[^"]+"/g, time))
  utimesSync(path, at, at)
}

interface Seen {
  readonly summary: Partial<Summary>
  readonly ids: readonly string[]
  readonly messages: number
}

/** What a reader sees: the totals, and each line by its id, in order. */
async function read(ledger: Ledger, projectId: string, logsDir: string): Promise<Seen> {
  const { summary } = await ledger.getStats({ type: 'project', projectId })
  const { integrity: _, summarizedRequests: __, ...measures } = summary
  const ids: string[] = []
  for (const { path } of listSegments(logsDir, 'llm_requests')) {
    for await (const { text } of readLines(path)) ids.push(JSON.parse(text ?? '').id)
  }
  const messages = (await ledger.readChat(projectId, 'young')).length
  return { summary: measures, ids, messages }
}

const OPTIONS = { systemLog: QUIET, upkeep: false, liveCounters: false, rotation: { gzip: true } }

describe.skipIf(obstacle !== undefined)(
  `a pass of upkeep that is killed, and the next one${obstacle ? `: ${obstacle}` : ''}`,
  () => {
    test.each(STEPS)(
      'before each %s: no line and no total is lost',
      async (call, step) => {
        const { project, workspace: original } = await template()
        const before = await withLedger(original, (ledger) => read(ledger, project.id, project.paths.logsDir))
        expect(before).toMatchObject({ summary: { totalRequests: 11 }, messages: 2 })
        let kills = 0
        for (let n = 1; ; n += step) {
          const workspace = mkdtempSync(join(tempFolder(), 'w-'))
          cpSync(original, workspace, { recursive: true, preserveTimestamps: true })
          const logsDir = join(workspace, 'projects', project.slug, 'logs')
          const killed = killBefore(n, call, workspace, project.id)
          await withLedger(workspace, async (ledger) => {
            expect({ n, ...(await read(ledger, project.id, logsDir)) }).toEqual({ n, ...before })
            const { problems } = await ledger.cleanupOldLogs({ retention: RETENTION })
            expect({ n, problems }).toEqual({ n, problems: [] })
            expect({ n, ...(await read(ledger, project.id, logsDir)) }).toEqual({ n, ...before })
          })
          expect({ n, files: files(logsDir) }).toEqual({ n, files: DONE })
          const chats = readdirSync(join(logsDir, '..', 'chats'), { recursive: true, encoding: 'utf8' })
          expect({ n, chats: chats.sort() }).toEqual({ n, chats: CHATS })
          for (const [base, types] of Object.entries(RECORDS)) {
            const { records, faults, end, size } = await readChain(logsDir, base)
            const found = { n, types: records.map(({ type }) => type), faults, rest: size - end }
            expect(found).toEqual({ n, types, faults: [], rest: 0 })
          }
          if (!killed) break
          kills++
        }
        expect(kills).toBeGreaterThan(2)
      },
      300_000,
    )
  },
)

async function withLedger<T>(workspace: string, use: (ledger: Ledger) => Promise<T>): Promise<T> {
  await using ledger = await openLedger({ workspace, ...OPTIONS })
  return await use(ledger)
}

const RECORDS = { llm_requests: ['seal', 'seal', 'delete'], events: ['seal', 'delete'] }
const CHATS = ['.closed', '.closed/young', '.closed/young/0-00000001-20260131T140506078Z.jsonl.gz']
const DONE = [
  '.slots/clock',
  '.slots/upkeep',
  'chats.seals.jsonl',
  'events.seals.jsonl',
  'llm_requests closed.jsonl.gz',
  'llm_requests closed.summary.jsonl.gz',
  'llm_requests.jsonl',
  'llm_requests.seals.jsonl',
]

function files(logsDir: string): string[] {
  const slots = readdirSync(join(logsDir, '.slots')).filter((name) => !/^(?:\d|draft-[^u])/.test(name))
  return [
    ...readdirSync(logsDir).filter((name) => !['.slots', '.index'].includes(name)),
    ...slots.map((name) => `.slots/${name}`),
  ]
    .map((name) => name.replace(/\.\d+-\d{8}-[0-9TZ]+/, ' closed').replace(/upkeep\.\d+/, 'upkeep'))
    .sort()
}
