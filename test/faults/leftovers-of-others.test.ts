import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ownIdentity } from '../../src/journal/process-identity.js'
import { readerFolder } from '../../src/journal/reader-folder.js'
import { openTestLedger } from '../fixtures/open-test-ledger.js'

const CHILD = fileURLToPath(new URL('children/log-once.mjs', import.meta.url))
/** `nobody`; larger than any process id. */
const [NOBODY, GONE] = [65_534, 2 ** 22 + 1]

test.skipIf(process.getuid?.() !== 0)(
  'what a reader of another user left when it was killed stops no call',
  async () => {
    const { ledger, workspace, project, entry } = await openTestLedger()
    await ledger.logLLMRequest(entry())
    await ledger.close()
    const slots = join(project.paths.logsDir, '.slots')
    execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, workspace])
    for (let dir = dirname(workspace); dir !== dirname(dir) && dir !== '/tmp'; dir = dirname(dir))
      chmodSync(dir, 0o755)
    const left = join(slots, readerFolder({ ...ownIdentity(), pid: GONE }))
    mkdirSync(left, { mode: 0o700 })
    writeFileSync(join(left, 'llm_requests.jsonl'), '')
    const { stdout, stderr } = spawnSync(process.execPath, [CHILD, workspace, project.id], {
      uid: NOBODY,
      gid: NOBODY,
      encoding: 'utf8',
    })
    expect([stdout, stderr]).toEqual(['true', ''])
    expect(existsSync(left)).toBe(true)
  },
)
