import assert from 'node:assert/strict'
import { checkAcknowledged, checkReopens } from '../harness/check.mjs'
import { readJournal } from '../harness/journal.mjs'
import { startWriter } from '../harness/writer.mjs'

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'million',
  fault: 'many processes',
  checks: '--entries entries by --writers processes with rotation: each id once, no line lost or torn',
  async run(context) {
    const { writers, entries } = context.numbers
    const workspace = context.folder()
    const project = await context.project(workspace)
    const options = { rotation: { maxBytes: 16_777_216, gzip: true } }
    const count = Math.ceil(entries / writers)
    const started = performance.now()
    const running = Array.from({ length: writers }, (_, n) =>
      startWriter({ workspace, projects: [project.id], prefix: `w${n}`, count, inFlight: 128, options }),
    )
    for (const { exited } of running) {
      const { code, stderr } = await exited
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    }
    const seconds = (performance.now() - started) / 1000
    const journal = readJournal(project.paths.logsDir)
    for (const writer of running) checkAcknowledged(journal, writer.acknowledged())
    assert.equal(journal.ids.size, count * writers, 'ids in the files')
    assert.equal(journal.lines, count * writers, 'lines in the files')
    assert.equal(journal.damaged.length + journal.unfinished.length, 0, 'a line is torn')
    await checkReopens(workspace, project)
    const rate = Math.round((count * writers) / seconds)
    return {
      runs: 1,
      found: `${count * writers} entries in ${journal.files.length} files, ${rate} a second`,
    }
  },
}
