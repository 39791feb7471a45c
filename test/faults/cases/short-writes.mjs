import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { checkAcknowledged, checkReopens } from '../harness/check.mjs'
import { readJournal, readMessages } from '../harness/journal.mjs'
import { compile } from '../harness/machine.mjs'
import { kill, startWriter } from '../harness/writer.mjs'

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'short-writes',
  fault: 'short writes',
  checks:
    'each write takes 1 to n bytes, cutting characters apart: I1, valid UTF-8; with kill -9 in between: I1, I2, I6',
  quick: true,
  async run(context) {
    const { random, numbers } = context
    const shim = compile(context, 'disk-faults.so')
    const rounds = numbers.thorough ? 24 : 4
    let [acknowledged, torn] = [0, 0]
    for (let round = 0; round < rounds; round++) {
      const workspace = context.folder()
      const project = await context.project(workspace)
      const most = [1, 7, 100, 5000][round % 4] ?? 1
      const env = {
        LD_PRELOAD: shim,
        FAULTS_ROOT: workspace,
        FAULTS_MATCH: '.jsonl',
        FAULTS_SHORT: `${most}`,
        FAULTS_SEED: `${round}`,
      }
      const options = { durability: round % 3 === 0 ? 'fsync' : 'os', rotation: { maxBytes: 32_768 } }
      const isKilled = round % 2 === 1
      const task = {
        workspace,
        projects: [project.id],
        prefix: `s${round}`,
        messagesEvery: 5,
        options,
        count: isKilled ? 1e9 : 200,
      }
      const writer = startWriter(task, { env })
      if (isKilled) {
        await writer.until(() => writer.acknowledged().length > 100 * random())
        // Into the middle of a batch.
        await delay(random() * 60)
        await kill(writer)
      } else {
        const { code, stderr } = await writer.exited
        assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
        assert.equal(writer.calls().filter(({ outcome }) => outcome === 'no').length, 0)
      }
      const journal = readJournal(project.paths.logsDir)
      checkAcknowledged(journal, writer.acknowledged())
      checkAcknowledged(readMessages(project.paths.root), writer.messages(), { what: 'messages' })
      if (!isKilled) assert.equal(journal.damaged.length + journal.unfinished.length, 0)
      await checkReopens(workspace, project)
      acknowledged += writer.acknowledged().length + writer.messages().length
      torn += journal.damaged.length + journal.unfinished.length
    }
    return { runs: rounds, found: `${acknowledged} acknowledged calls found, ${torn} torn tails fenced` }
  },
}
