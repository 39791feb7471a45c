import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { openLedger } from '../../../dist/index.js'
import { QUIET } from '../harness/check.mjs'
import { makeLoopDisk } from '../harness/machine.mjs'
import { liveThrough } from '../harness/outage.mjs'

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'read-only',
  fault: 'read-only remount',
  checks: 'ext4 goes read-only after an error: I4, I5, reads work',
  async run(context) {
    const found = []
    for (const mode of /** @type {const} */ (['throw', 'never'])) {
      const disk = makeLoopDisk(context, 'loop,errors=remount-ro')
      const project = await context.project(disk.path)
      const trigger = `/sys/fs/ext4/${disk.device()}/trigger_fs_error`
      const outage = { workspace: disk.path, projectId: project.id, logsDir: project.paths.logsDir, mode }
      const begin = async () => {
        writeFileSync(trigger, 'fault')
        await checkReads(disk.path, project.id)
      }
      // ext4 wants fsck before it is writable again.
      found.push(await liveThrough(context, { ...outage, begin }))
    }
    return { runs: 2, found: found.join('; ') }
  },
}

/** @param {string} workspace @param {string} projectId */
async function checkReads(workspace, projectId) {
  const ledger = await openLedger({ workspace, systemLog: QUIET })
  const { summary } = await ledger.getStats({ type: 'project', projectId })
  assert.ok(summary.totalRequests >= 20, `reads found ${summary.totalRequests} requests`)
  await ledger.close()
}
