import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { openLedger } from '../../../dist/index.js'
import { checkAcknowledged, checkReopens, QUIET } from '../harness/check.mjs'
import { withOptions } from '../harness/features.mjs'
import { readJournal, readMessages } from '../harness/journal.mjs'
import { startWriter } from '../harness/writer.mjs'

const SHARE = 4

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'many-processes',
  fault: 'many processes',
  checks:
    'writers with rotation while one reads, rotates and cleans: I1, none torn, no answer counts less than the one before',
  quick: true,
  async run(context) {
    const { writers, entries } = context.numbers
    const workspace = context.folder()
    const project = await context.project(workspace)
    const wanted = {
      'rotation.gzip': { rotation: { gzip: true } },
      retention: { retention: { maxSegments: 10 } },
    }
    const { options, without } = await withOptions({ rotation: { maxBytes: 262_144 } }, wanted)
    const count = Math.ceil(entries / SHARE / writers)
    const running = Array.from({ length: writers }, (_, n) =>
      startWriter({ workspace, projects: [project.id], prefix: `w${n}`, count, messagesEvery: 10, options }),
    )
    const ledger = await openLedger({ workspace, systemLog: QUIET, ...options })
    context.onEnd(() => ledger.close())
    const scope = /** @type {const} */ ({ type: 'project', projectId: project.id })
    let isOver = false
    const ended = Promise.all(running.map(({ exited }) => exited)).finally(() => {
      isOver = true
    })
    let [before, answers] = [0, 0]
    while (!isOver) {
      const { totalRequests } = (await ledger.getStats(scope)).summary
      assert.ok(totalRequests >= before, `an answer counts ${totalRequests} after one of ${before}`)
      before = totalRequests
      answers++
      await rotateAndClean(ledger, project.id)
      await delay(20)
    }
    for (const { code, stderr } of await ended) assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    const journal = readJournal(project.paths.logsDir)
    checkAcknowledged(
      journal,
      running.flatMap((writer) => writer.acknowledged()),
    )
    const messages = readMessages(project.paths.root)
    checkAcknowledged(
      messages,
      running.flatMap((writer) => writer.messages()),
      { what: 'messages' },
    )
    assert.equal(journal.damaged.length + journal.unfinished.length, 0, 'a line is torn')
    assert.equal(journal.ids.size + messages.ids.size, count * writers, 'a call is not on the disk')
    await checkReopens(workspace, project)
    const done = `${count * writers} calls of ${writers} processes in ${journal.files.length} files`
    return { runs: writers, found: `${done}, ${answers} answers meanwhile${without}` }
  },
}

/** Where the package can. @param {object} ledger @param {string} projectId */
async function rotateAndClean(ledger, projectId) {
  if ('rotateLogs' in ledger && typeof ledger.rotateLogs === 'function') await ledger.rotateLogs(projectId)
  if ('cleanupOldLogs' in ledger && typeof ledger.cleanupOldLogs === 'function')
    await ledger.cleanupOldLogs({ projectId })
}
