import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { openLedger } from '../../../dist/index.js'
import { QUIET } from '../harness/check.mjs'
import { entryOf } from '../harness/entry.mjs'
import { fillDisk, mountTmpfs } from '../harness/machine.mjs'

const SEGMENTS = 3
/** So many that the summary of a segment takes more than what is freed. */
const ENTRIES = 800
const FREED = 8_192
const LIMITS = { retention: { maxBytes: 1 } }

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'disk-full-retention',
  fault: 'disk full',
  checks:
    'retention is due and there is no space: nothing is lost, told as LOG_WRITE_ERROR; with two pages events go, and in their space the summaries of requests; totals stay, seals hold',
  quick: true,
  async run(context) {
    const disk = mountTmpfs(context, '6m')
    const ledger = await openLedger({ workspace: disk, upkeep: false, liveCounters: false, systemLog: QUIET })
    context.onEnd(() => ledger.close())
    const { id, paths } = await ledger.createProject({ name: 'Test' })
    for (let segment = 0; segment < SEGMENTS; segment++) {
      await Promise.all(
        Array.from({ length: ENTRIES }, () => ledger.logLLMRequest(entryOf(id, randomUUID()))),
      )
      const event = { event_type: 'test', level: /** @type {const} */ ('info'), message: 'e'.repeat(60_000) }
      await ledger.logProjectEvent(id, event)
      await ledger.rotateLogs(id)
    }
    const clean = async () => {
      const { segments, problems } = await ledger.cleanupOldLogs(LIMITS)
      const { totalRequests } = (await ledger.getStats({ type: 'project', projectId: id })).summary
      assert.equal(totalRequests, SEGMENTS * ENTRIES, 'totals stay')
      assert.deepEqual(
        [...new Set(problems.map(({ code }) => code))],
        problems.length > 0 ? ['LOG_WRITE_ERROR'] : [],
      )
      const drafts = readdirSync(join(paths.logsDir, '.slots')).filter((name) => name.startsWith('draft'))
      assert.deepEqual(drafts, [])
      return { deleted: segments.map(({ journal }) => journal), problems: problems.length }
    }
    const filler = join(disk, 'filler')
    fillDisk(filler)
    const before = readdirSync(paths.logsDir)
    assert.deepEqual(await clean(), { deleted: [], problems: 1 })
    assert.deepEqual(readdirSync(paths.logsDir), before)

    truncateSync(filler, statSync(filler).size - FREED)
    assert.deepEqual(await clean(), { deleted: Array(SEGMENTS).fill('events'), problems: SEGMENTS })
    assert.deepEqual(await clean(), { deleted: Array(SEGMENTS).fill('llm_requests'), problems: 0 })
    const { ok, sealFaults } = await ledger.verify({ seals: true })
    assert.ok(ok, JSON.stringify(sealFaults))
    return { runs: 3, found: `${SEGMENTS * ENTRIES} requests counted throughout` }
  },
}
