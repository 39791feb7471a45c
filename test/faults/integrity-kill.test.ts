import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { countFolder, foldedName, readCounts, sumOf } from '../../src/ledger/integrity/count-folder.js'
import { foldCounts } from '../../src/ledger/integrity/fold-counts.js'
import { tempFolder } from '../fixtures/temp-folder.js'

const CHILD = fileURLToPath(new URL('children/open-and-close.mjs', import.meta.url))

/** Why a process cannot be killed before its n-th step here; undefined when it can. */
const obstacle = ((): string | undefined => {
  const { error, status } = spawnSync('strace', ['-f', '-qq', '-e', 'trace=unlink', 'true'])
  if (error !== undefined) return 'strace is not installed'
  return status === 0 ? undefined : 'strace may not trace here'
})()

/** True when it was killed before its n-th such call, false when it had fewer. Counted by thread: one of the pool. */
function killBefore(n: number, call: string, workspace: string): boolean {
  const inject = `inject=${call}:signal=KILL:when=${n}`
  const args = ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', inject]
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1' }
  const command = [...args, process.execPath, CHILD, workspace]
  const { stdout, stderr, error } = spawnSync('strace', command, { encoding: 'utf8', env })
  if (error !== undefined) throw error
  expect(stderr).not.toContain('Error')
  return stdout !== 'done\n'
}

/** Three ledgers that are gone, what was folded before with a file that could not be removed then, and an older generation. */
function workspaceToFold(): string {
  const workspace = tempFolder()
  const folder = countFolder(workspace)
  mkdirSync(folder, { recursive: true })
  const counts = (rejected: number) => [{ project_id: 'p', rejected, dropped: 1, recovered: 0 }]
  const write = (name: string, file: object) => writeFileSync(join(folder, name), JSON.stringify(file))
  const left = `${randomUUID()}.json`
  const files = [left, ...[1, 2, 3].map(() => `${randomUUID()}.json`)]
  for (const [rejected, name] of files.entries())
    write(name, { closed: true, counts: counts(10 ** rejected) })
  write(foldedName(1), { counts: counts(9) })
  write(foldedName(2), { folded: [left], counts: counts(50_000) })
  return workspace
}

const SUM = { rejected: 51_110, dropped: 4, recovered: 0 }

const sumIn = async (workspace: string) => sumOf(await readCounts(countFolder(workspace))).sum('p')

describe.skipIf(obstacle !== undefined)(
  `a fold that is killed, and the next one${obstacle ? `: ${obstacle}` : ''}`,
  () => {
    // Each with how often a fold makes it; of `write` most only wake a thread up.
    test.each([
      ['link', 1],
      ['unlink', 7],
      ['fsync', 2],
      ['write', 1],
    ])(
      'before each %s: no count is lost or doubled',
      async (call, steps) => {
        const original = workspaceToFold()
        expect(await sumIn(original)).toEqual(SUM)
        let kills = 0
        for (let n = 1; n < 400; n += call === 'write' ? 20 : 1) {
          const workspace = mkdtempSync(join(tempFolder(), 'w-'))
          cpSync(original, workspace, { recursive: true })
          const killed = killBefore(n, call, workspace)
          expect({ n, ...(await sumIn(workspace)) }).toEqual({ n, ...SUM })
          await foldCounts(countFolder(workspace))
          expect({ n, ...(await sumIn(workspace)) }).toEqual({ n, ...SUM })
          const names = readdirSync(countFolder(workspace)).filter((name) => !name.startsWith('draft-'))
          expect({ n, names }).toEqual({ n, names: [foldedName(3)] })
          if (!killed) break
          kills++
        }
        expect(kills).toBeGreaterThanOrEqual(steps)
      },
      300_000,
    )
  },
)
