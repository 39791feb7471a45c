import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { openLedger } from '../../../dist/index.js'
import { checkAcknowledged, QUIET } from '../harness/check.mjs'
import { isTaken } from '../harness/features.mjs'
import { readJournal } from '../harness/journal.mjs'
import { Skipped } from '../harness/run-case.mjs'
import { startWriter } from '../harness/writer.mjs'

const OPTIONS = { rotation: { maxBytes: 65_536, gzip: true } }

/** @type {[string, (bytes: Buffer) => Buffer][]} */
const DAMAGES = [
  ['cut in the middle', (bytes) => bytes.subarray(0, bytes.length >> 1)],
  ['cut by its last byte', (bytes) => bytes.subarray(0, -1)],
  [
    'a flipped CRC',
    (bytes) =>
      Buffer.concat([bytes.subarray(0, -8), Buffer.from([(bytes.at(-8) ?? 0) ^ 1]), bytes.subarray(-7)]),
  ],
  ['empty', () => Buffer.alloc(0)],
]

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'gzip',
  fault: 'gzip',
  checks:
    'gzipped segments hold what was acknowledged; a cut or altered one is counted as damage and costs no other file',
  quick: true,
  async run({ folder, project: makeProject }) {
    if (!(await isTaken(OPTIONS))) throw new Skipped('the option rotation.gzip is not there yet')
    const workspace = folder()
    const project = await makeProject(workspace)
    const writer = startWriter({
      workspace,
      projects: [project.id],
      prefix: 'g',
      count: 1_000,
      options: OPTIONS,
    })
    assert.equal((await writer.exited).code, 0)
    const ledger = await openLedger({ workspace, systemLog: QUIET, ...OPTIONS })
    try {
      if ('rotateLogs' in ledger && typeof ledger.rotateLogs === 'function')
        await ledger.rotateLogs(project.id)
      const logsDir = project.paths.logsDir
      checkAcknowledged(readJournal(logsDir), writer.acknowledged())
      const gzipped = readdirSync(logsDir).filter(
        (name) => name.endsWith('.jsonl.gz') && name.startsWith('llm_requests'),
      )
      assert.ok(gzipped.length > 0, 'no segment was gzipped')
      const path = join(logsDir, gzipped[0] ?? '')
      const whole = readFileSync(path)
      const inside = gunzipSync(whole).toString().trim().split('\n').length
      for (const [name, damage] of DAMAGES) {
        writeFileSync(path, damage(whole))
        const { summary } = await ledger.getStats({ type: 'project', projectId: project.id })
        const others = writer.acknowledged().length - inside
        assert.ok(
          summary.totalRequests >= others,
          `${name}: ${summary.totalRequests} of ${others} intact lines are counted`,
        )
        if (name !== 'empty') assert.ok(summary.integrity.damaged > 0, `${name}: no damage is told`)
      }
      return { runs: DAMAGES.length, found: `${gzipped.length} gzipped segments` }
    } finally {
      await ledger.close()
    }
  },
}
