import assert from 'node:assert/strict'
import { checkAcknowledged } from '../harness/check.mjs'
import { runChild } from '../harness/child.mjs'
import { readJournal } from '../harness/journal.mjs'
import { startWriter } from '../harness/writer.mjs'

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'sigterm',
  fault: 'SIGTERM, twice, during rotation',
  checks:
    'I1, drained by a deadline, the process ends by the signal; a host with a handler of its own is not held up',
  quick: true,
  async run({ folder, project: makeProject }) {
    const workspace = folder()
    const project = await makeProject(workspace)
    const drained = await runChild('sigterm.mjs', [workspace, project.id]).exited
    assert.deepEqual(drained, { code: null, signal: 'SIGTERM', stdout: '', stderr: '' })
    const { lines } = readJournal(project.paths.logsDir)
    assert.equal(lines, 2_001, 'a call that was under way was not drained')

    const rotating = startWriter({
      workspace,
      projects: [project.id],
      prefix: 'r',
      options: { rotation: { maxBytes: 4096 } },
    })
    await rotating.until(() => rotating.acknowledged().length > 500)
    rotating.process.kill('SIGTERM')
    const { signal, stderr } = await rotating.exited
    assert.deepEqual({ signal, stderr }, { signal: 'SIGTERM', stderr: '' })
    checkAcknowledged(readJournal(project.paths.logsDir), rotating.acknowledged())

    const other = runChild('sigterm-of-others.mjs', [workspace])
    await other.said('open')
    other.process.kill('SIGTERM')
    assert.equal((await other.exited).signal, 'SIGTERM')
    return { runs: 3, found: `2,001 calls under way and ${rotating.acknowledged().length} during rotation` }
  },
}
