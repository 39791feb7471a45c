import { spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { openLedger, type RepairReport, type VerifyReport } from '../../src/index.js'
import { openTestLedger, QUIET } from '../fixtures/open-test-ledger.js'
import { tempFolder } from '../fixtures/temp-folder.js'

const CHILD = fileURLToPath(new URL('children/repair-once.mjs', import.meta.url))

/** Why a process cannot be killed before its n-th step here; undefined when it can. */
const obstacle = ((): string | undefined => {
  const { error, status } = spawnSync('strace', ['-f', '-qq', '-e', 'trace=unlink', 'true'])
  if (error !== undefined) return 'strace is not installed'
  return status === 0 ? undefined : 'strace may not trace here'
})()

/** True when the repair was killed before its n-th such call, false when it had fewer. Counted by thread: one of the pool. */
function killBefore(n: number, call: string, workspace: string): boolean {
  const args = [
    '-f',
    '-qq',
    '-o',
    '/dev/null',
    '-e',
    `trace=${call}`,
    '-e',
    `inject=${call}:signal=KILL:when=${n}`,
  ]
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1' }
  const { stdout, error } = spawnSync('strace', [...args, process.execPath, CHILD, workspace], {
    encoding: 'utf8',
    env,
  })
  if (error !== undefined) throw error
  return stdout !== 'done\n'
}

const GLUED = '{"id":"t","text":"'

/** A sealed gzip segment that is cut, an active file with a torn line before an entry, and a torn message. */
async function damagedWorkspace() {
  const opened = await openTestLedger({ upkeep: false, rotation: { gzip: true } })
  const { ledger, project, entry, workspace } = opened
  for (const id of ['a', 'b', 'c']) await ledger.logLLMRequest(entry({ id, status: 'success' }))
  await ledger.rotateLogs()
  for (const id of ['d', 'e']) await ledger.logLLMRequest(entry({ id, status: 'success' }))
  await ledger.appendMessage({ project_id: project.id, chat_id: 'chat-1', role: 'user', content: 'Hi' })
  await ledger.close()
  const { logsDir, chatsDir } = project.paths
  const [gzip = ''] = readdirSync(logsDir).filter((name) => name.endsWith('.gz'))
  // Without the checksum all lines can be read.
  writeFileSync(join(logsDir, gzip), readFileSync(join(logsDir, gzip)).subarray(0, -4))
  const active = join(logsDir, 'llm_requests.jsonl')
  const [first = '', second = ''] = readFileSync(active, 'utf8').split(/(?<=\n)/)
  writeFileSync(active, first + GLUED + second)
  appendFileSync(join(chatsDir, 'chat-1.jsonl'), '{"id":"m')
  const originals = [join(logsDir, gzip), active, join(chatsDir, 'chat-1.jsonl')].map((path) =>
    readFileSync(path, 'hex'),
  )
  return { workspace, slug: project.slug, originals }
}

const OPTIONS = { upkeep: false, liveCounters: false, systemLog: QUIET }

async function verify(workspace: string): Promise<VerifyReport> {
  await using ledger = await openLedger({ workspace, ...OPTIONS })
  return await ledger.verify({ seals: true })
}

async function repair(workspace: string): Promise<RepairReport> {
  await using ledger = await openLedger({ workspace, ...OPTIONS })
  return await ledger.repair()
}

describe.skipIf(obstacle !== undefined)(
  `a repair that is killed, and the next one${obstacle ? `: ${obstacle}` : ''}`,
  () => {
    test.each(['rename', 'link', 'fsync', 'fdatasync', 'unlink'])(
      'before each %s: nothing is lost, and it is finished',
      async (call) => {
        const { workspace: original, slug, originals } = await damagedWorkspace()
        expect(await verify(original)).toMatchObject({ damaged: 3 })
        let kills = 0
        for (let n = 1; ; n++) {
          const workspace = mkdtempSync(join(tempFolder(), 'w-'))
          cpSync(original, workspace, { recursive: true, preserveTimestamps: true })
          const killed = killBefore(n, call, workspace)
          // The glued entry is in a damaged line, or is saved.
          expect((await verify(workspace)).requests.ids).toBeGreaterThanOrEqual(4)
          expect(await repair(workspace)).toMatchObject({ busy: [], problems: [] })
          const after = await verify(workspace)
          expect({ n, ok: after.ok, requests: after.requests }).toEqual({
            n,
            ok: true,
            requests: { lines: 5, ids: 5, resent: 0, doubled: 0 },
          })
          expect(after.seals[0]).toMatchObject({ repaired: 2, unsealed: 0 })
          const damaged = join(workspace, 'projects', slug, 'logs', 'damaged')
          const kept = readdirSync(damaged).map((name) => readFileSync(join(damaged, name), 'hex'))
          expect({ n, kept: kept.sort() }).toEqual({ n, kept: [...originals].sort() })
          if (!killed) break
          kills++
        }
        expect(kills).toBeGreaterThan(1)
      },
      300_000,
    )
  },
)
