import assert from 'node:assert/strict'
import { openLedger } from '../../../dist/index.js'
import { QUIET } from '../harness/check.mjs'
import { runChild } from '../harness/child.mjs'

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'kill-pending',
  fault: 'kill -9 in a loop',
  checks: 'a request under way is pending while its process lives and interrupted afterwards',
  quick: true,
  async run({ folder, project: makeProject, onEnd }) {
    const workspace = folder()
    const project = await makeProject(workspace)
    const ledger = await openLedger({ workspace, systemLog: QUIET })
    onEnd(() => ledger.close())
    const counts = async () => {
      const { summary } = await ledger.getStats({ type: 'project', projectId: project.id })
      return { pending: summary.pendingRequests, interrupted: summary.interruptedRequests }
    }
    const child = runChild('start-and-wait.mjs', [workspace, project.id])
    await child.said('\n')
    assert.deepEqual(await counts(), { pending: 1, interrupted: 0 })
    child.process.kill('SIGKILL')
    await child.exited
    assert.deepEqual(await counts(), { pending: 0, interrupted: 1 })
    return { runs: 1, found: 'pending, then interrupted' }
  },
}
