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
    let acknowledged = 0
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
      run(shutdown, disk.path)
      await delay(20)
      await kill(writer)
      disk.umount()
      disk.mount()
      if (durability === 'fsync') {
        checkAcknowledged(readJournal(project.paths.logsDir), writer.acknowledged())
        checkAcknowledged(readMessages(project.paths.root), writer.messages(), { what: 'messages' })
        acknowledged += writer.acknowledged().length + writer.messages().length
      }
      await checkReopens(workspace, project)
    }
    assert.ok(acknowledged > 0)
    return { runs: cuts, found: `${acknowledged} calls acknowledged at fsync found` }
  },
}
