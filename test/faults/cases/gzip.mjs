import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { openLedger } from '../../../dist/index.js'
import { checkAcknowledged, QUIET } from '../harness/check.mjs'
import { entryOf } from '../harness/entry.mjs'
import { readJournal } from '../harness/journal.mjs'
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
    'gzipped segments hold what was acknowledged; a cut or altered one is counted as damage and costs no other file; while the raw one is there it counts, and stays until its copy is whole',
  quick: true,
  async run(context) {
    const { folder, project: makeProject } = context
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
      for (const [name, damage] of DAMAGES) await replaceBadCopy(context, name, damage)
      return { runs: 2 * DAMAGES.length, found: `${gzipped.length} gzipped segments` }
    } finally {
      await ledger.close()
    }
  },
}

/**
 * Beside the raw segment stands a copy as a process may leave it that dies.
 * @param {import('../harness/run-case.mjs').Context} context @param {string} name @param {(bytes: Buffer) => Buffer} damage
 */
async function replaceBadCopy({ folder, project: makeProject }, name, damage) {
  const workspace = folder()
  const project = await makeProject(workspace)
  const { logsDir } = project.paths
  const scope = /** @type {const} */ ({ type: 'project', projectId: project.id })
  const writer = await openLedger({ workspace, systemLog: QUIET })
  for (let n = 0; n < 20; n++) await writer.logLLMRequest(entryOf(project.id, `b-${n}`))
  await writer.rotateLogs()
  await writer.close()
  const [raw = ''] = readdirSync(logsDir).filter((file) => file.startsWith('llm_requests.0-'))
  const content = readFileSync(join(logsDir, raw))
  writeFileSync(join(logsDir, `${raw}.gz`), damage(gzipSync(content)))

  const ledger = await openLedger({ workspace, systemLog: QUIET, upkeep: false, ...OPTIONS })
  try {
    const before = (await ledger.getStats(scope)).summary
    assert.deepEqual(
      [before.totalRequests, before.integrity.damaged],
      [20, 0],
      `${name}: the raw one does not count`,
    )
    const { problems } = await ledger.rotateLogs()
    assert.deepEqual(problems, [], name)
    const files = readdirSync(logsDir).filter((file) => file.startsWith('llm_requests.0-'))
    assert.deepEqual(files, [`${raw}.gz`], `${name}: not compressed anew`)
    assert.ok(
      gunzipSync(readFileSync(join(logsDir, `${raw}.gz`))).equals(content),
      `${name}: another content`,
    )
  } finally {
    await ledger.close()
  }
}
