import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { openLedger } from '../../../dist/index.js'
import { checkAcknowledged, checkReopens, QUIET } from '../harness/check.mjs'
import { readJournal, readMessages } from '../harness/journal.mjs'
import { startWriter } from '../harness/writer.mjs'

const SHARE = 4
const SEGMENTS = 3
/** @satisfies {import('../../../dist/index.js').LedgerOptions} */
const OPTIONS = { rotation: { maxBytes: 65_536, gzip: true }, retention: { maxSegments: SEGMENTS } }

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'many-processes',
  fault: 'many processes',
  checks:
    'writers that rotate, compress and delete while one reads, rotates and cleans: I1, none torn, no answer counts less than the one before, seals hold',
  quick: true,
  async run(context) {
    const { writers, entries } = context.numbers
    const workspace = context.folder()
    const project = await context.project(workspace)
    const count = Math.ceil(entries / SHARE / writers)
    const running = Array.from({ length: writers }, (_, n) =>
      startWriter({
        workspace,
        projects: [project.id],
        prefix: `w${n}`,
        count,
        messagesEvery: 10,
        options: OPTIONS,
      }),
    )
    const ledger = await openLedger({ workspace, systemLog: QUIET, ...OPTIONS })
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
      const rotated = await ledger.rotateLogs(project.id)
      const cleaned = await ledger.cleanupOldLogs({ projectId: project.id })
      // Where all cores are busy a pass of another process takes longer than a call waits for it.
      const problems = [...rotated.problems, ...cleaned.problems].filter(({ code }) => code !== 'UPKEEP_BUSY')
      assert.deepEqual(problems, [])
      await delay(20)
    }
    for (const { code, stderr } of await ended) assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    const { problems } = await ledger.rotateLogs(project.id)
    assert.deepEqual(problems, [])
    const { ok, sealFaults, damage } = await ledger.verify({ seals: true })
    assert.ok(ok, `verify: ${JSON.stringify([...sealFaults, ...damage].slice(0, 3))}`)
    await ledger.close()
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
    const formOf = (/** @type {string} */ path) => /-[0-9TZ]+\.(.+)$/.exec(path)?.[1] ?? 'active'
    const forms = journal.files.map(formOf)
    assert.equal(forms.filter((form) => form === 'jsonl.gz').length, SEGMENTS, `forms: ${forms.join(' ')}`)
    assert.ok(forms.includes('summary.jsonl.gz'), 'nothing was deleted')
    await checkReopens(workspace, project)
    const done = `${count * writers} calls of ${writers} processes in ${journal.files.length} files`
    return { runs: writers, found: `${done}, ${answers} answers meanwhile` }
  },
}
