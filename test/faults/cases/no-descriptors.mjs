import assert from 'node:assert/strict'
import { checkAcknowledged, checkReopens, checkSum } from '../harness/check.mjs'
import { readJournal, readMessages } from '../harness/journal.mjs'
import { setLimit } from '../harness/machine.mjs'
import { startWriter } from '../harness/writer.mjs'

const PROJECTS = 20
const CALLS = 3_000
/** Made while descriptors lack. */
const BURST = 1_000
/** The last ones, with all descriptors again. */
const AFTER = 500

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'no-descriptors',
  fault: 'no descriptors',
  checks:
    'ulimit -n 32, a burst over 20 projects and 100 chats in both modes: I1, I4, I5; all are logged again once there are more',
  quick: true,
  async run(context) {
    const found = []
    for (const mode of /** @type {const} */ (['throw', 'never'])) {
      const workspace = context.folder()
      /** @type {Awaited<ReturnType<typeof context.project>>[]} */
      const projects = []
      for (let n = 0; n < PROJECTS; n++) projects.push(await context.project(workspace, `Test ${n}`))
      const task = {
        workspace,
        projects: projects.map(({ id }) => id),
        prefix: mode,
        count: CALLS,
        inFlight: 100,
        pauseMs: 5,
        messagesEvery: 3,
        chats: 100,
        onError: mode,
        options: { rotation: { maxBytes: 16_384 } },
        waits: true,
      }
      const writer = startWriter(task)
      // Once it is loaded: what a limit does to the start of Node is not the log's business.
      await writer.isOpen()
      setLimit(writer.process.pid, 'nofile=32:1024')
      writer.process.kill('SIGHUP')
      await writer.until(() => writer.calls().length >= BURST)
      setLimit(writer.process.pid, 'nofile=1024:1024')
      const { code, signal, stderr, end } = await writer.exited
      assert.equal(code, 0, `I5: ended with ${code ?? signal}: ${stderr}`)
      assert.equal(writer.calls().length, CALLS, 'I5: a call was never settled')
      checkSum(end, end.calls)
      const refused = writer
        .calls()
        .slice(-AFTER)
        .filter(({ outcome }) => outcome === 'no' || outcome === 'kept')
      assert.equal(refused.length, 0, `I6: still refused: ${JSON.stringify(refused[0])}`)
      let persisted = 0
      for (const { id, paths } of projects) {
        const journal = readJournal(paths.logsDir)
        persisted += journal.ids.size
        const isHere = (/** @type {string} */ call) =>
          projects[Number(call.split('-').at(-1)) % PROJECTS]?.id === id
        checkAcknowledged(journal, writer.acknowledged().filter(isHere))
        checkAcknowledged(readMessages(paths.root), writer.messages().filter(isHere), { what: 'messages' })
        assert.equal(journal.damaged.length + journal.unfinished.length, 0)
      }
      assert.ok(end.persisted === persisted, `I4: ${end.persisted} persisted, ${persisted} ids in the files`)
      if (projects[0]) await checkReopens(workspace, projects[0])
      const codes = [...new Set(writer.calls().flatMap(({ code = [] }) => code))]
      found.push(
        `${mode}: ${end.persisted} persisted, ${end.rejected} rejected, ${end.dropped} dropped ${codes.join(' ')}`,
      )
    }
    return { runs: 2, found: found.join('; ') }
  },
}
