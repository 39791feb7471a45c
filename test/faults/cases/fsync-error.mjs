import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkAcknowledged, checkReopens, checkSum } from '../harness/check.mjs'
import { readJournal } from '../harness/journal.mjs'
import { needStrace } from '../harness/machine.mjs'
import { startWriter } from '../harness/writer.mjs'

const CALLS = 20

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'fsync-error',
  fault: 'fsync error',
  checks:
    'the third sync fails: a new segment, never that file synced again, I1; from the third on all fail: nothing more is acknowledged, I4',
  async run(context) {
    needStrace()
    const once = await logWhileSyncFails(context, '3')
    assert.equal(once.acknowledged.length, CALLS, 'a single failure was not survived by the retry')
    assert.ok(once.journal.files.length > 1, 'no new segment was begun')
    assert.equal(once.syncedAfterFailure, 0, 'the file whose sync failed was synced again')

    const all = await logWhileSyncFails(context, '3+')
    assert.equal(all.acknowledged.length, 2, 'a call was acknowledged whose sync failed')
    assert.equal(all.syncedAfterFailure, 0, 'a file whose sync failed was synced again')
    return {
      runs: 2,
      found: `once: ${once.journal.files.length} segments, ${CALLS} calls acknowledged; from then on: 2`,
    }
  },
}

/** @param {import('../harness/run-case.mjs').Context} context @param {string} when */
async function logWhileSyncFails({ folder, project: makeProject }, when) {
  const workspace = folder()
  const project = await makeProject(workspace)
  const trace = join(folder('trace'), 'trace')
  const command = [
    'strace',
    '-f',
    '-y',
    '-o',
    trace,
    '-e',
    'trace=fdatasync',
    '-e',
    `inject=fdatasync:error=EIO:when=${when}`,
  ]
  const task = {
    workspace,
    projects: [project.id],
    prefix: 'e',
    count: CALLS,
    inFlight: 1,
    options: { durability: 'fsync' },
  }
  // Counted by thread: so there is one.
  const writer = startWriter(task, { command, env: { UV_THREADPOOL_SIZE: '1' } })
  const { code, end, stderr } = await writer.exited
  assert.equal(code, 0, `I5: ended with ${code}: ${stderr}`)
  checkSum(end, CALLS)
  const journal = readJournal(project.paths.logsDir)
  const acknowledged = writer.acknowledged()
  checkAcknowledged(journal, acknowledged, { resends: true })
  await checkReopens(workspace, project)
  return { acknowledged, journal, syncedAfterFailure: syncsAfterFailure(readFileSync(trace, 'utf8')) }
}

/** How often a descriptor was synced that had failed before and was not closed since; closed ones are other files. @param {string} trace */
function syncsAfterFailure(trace) {
  const syncs = [...trace.matchAll(/fdatasync\((\d+)<([^>]*)>\)\s*= (-?\d+)/g)]
  let again = 0
  let failed = ''
  for (const [, , path = '', result] of syncs) {
    // The failed file is renamed at once: under its closed name it must not appear again.
    if (path === failed && path !== '' && /-\d{8}-/.test(path)) again++
    if (result === '-1') failed = path
  }
  return again
}
