import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { checkAcknowledged, checkReopens } from '../harness/check.mjs'
import { readJournal, readMessages } from '../harness/journal.mjs'
import { compile, makeLoopDisk, run } from '../harness/machine.mjs'
import { kill, startWriter } from '../harness/writer.mjs'

/** A file system is made for each; the simulation has the large numbers. */
const SHARE = 50

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'power-cut-real',
  fault: 'power loss',
  checks: 'ext4 shut down under the writer and mounted again: fsync: I1; both: I2, I3, I6',
  async run(context) {
    const shutdown = compile(context, 'shutdown')
    const disk = makeLoopDisk(context)
    const cuts = Math.max(2, Math.ceil(context.numbers.powerCuts / SHARE))
    let [acknowledged, meanwhile] = [0, 0]
    for (let cut = 0; cut < cuts; cut++) {
      const durability = cut % 4 === 3 ? 'os' : 'fsync'
      const workspace = `${disk.path}/${cut}`
      const project = await context.project(workspace)
      run('sync', '-f', disk.path)
      const options = { durability, rotation: { maxBytes: 32_768 } }
      const writer = startWriter({
        workspace,
        projects: [project.id],
        prefix: 'p',
        messagesEvery: 5,
        options,
      })
      await writer.until(() => writer.acknowledged().length > 0)
      await delay(context.random() * 400)
      const cutMs = Number(run(shutdown, disk.path))
      await delay(20)
      await kill(writer)
      disk.umount()
      disk.mount()
      if (durability === 'fsync') {
        // ext4 answers 0 to an fdatasync that is under way while it is shut down, and drops its data (seen with strace).
        const before = writer.calls().filter(({ atMs }) => atMs < cutMs)
        const idsOf = (/** @type {string} */ what) =>
          before.flatMap(({ outcome, id }) => (outcome === what ? [id] : []))
        checkAcknowledged(readJournal(project.paths.logsDir), idsOf('ok'))
        checkAcknowledged(readMessages(project.paths.root), idsOf('message'), { what: 'messages' })
        const safe = idsOf('ok').length + idsOf('message').length
        acknowledged += safe
        meanwhile += writer.acknowledged().length + writer.messages().length - safe
      }
      await checkReopens(workspace, project)
    }
    assert.ok(acknowledged > 0)
    return {
      runs: cuts,
      found: `${acknowledged} calls acknowledged at fsync found, ${meanwhile} more during the cut`,
    }
  },
}
