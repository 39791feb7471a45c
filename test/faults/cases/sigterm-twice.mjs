import assert from 'node:assert/strict'
import { checkAcknowledged, checkReopens } from '../harness/check.mjs'
import { readJournal } from '../harness/journal.mjs'
import { compile } from '../harness/machine.mjs'
import { startWriter } from '../harness/writer.mjs'

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'sigterm-twice',
  fault: 'SIGTERM, twice, during rotation',
  checks:
    'on a disk too slow to drain, a second signal ends the process at once; one alone ends it within 5 s; I1',
  async run(context) {
    const shim = compile(context, 'disk-faults.so')
    const workspace = context.folder()
    const project = await context.project(workspace)
    const env = { LD_PRELOAD: shim, FAULTS_ROOT: workspace, FAULTS_MATCH: '.jsonl', FAULTS_SLOW_MS: '800' }
    /** @type {string[]} */
    const acknowledged = []
    const seconds = []
    for (const signals of [2, 1]) {
      const task = {
        workspace,
        projects: [project.id],
        prefix: `t${signals}`,
        inFlight: 4,
        options: { durability: 'fsync' },
      }
      const writer = startWriter(task, { env })
      await writer.until(() => writer.acknowledged().length > 0)
      const started = performance.now()
      for (let n = 0; n < signals; n++) {
        writer.process.kill('SIGTERM')
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      const { code, signal } = await writer.exited
      seconds.push((performance.now() - started) / 1000)
      assert.ok(code === 143 || signal === 'SIGTERM', `ended with code ${code}, signal ${signal}`)
      acknowledged.push(...writer.acknowledged())
    }
    const [twice = 0, once = 0] = seconds
    checkAcknowledged(readJournal(project.paths.logsDir), acknowledged)
    await checkReopens(workspace, project)
    if (context.numbers.timed) {
      assert.ok(twice < 2, `the second signal took ${twice.toFixed(1)} s`)
      assert.ok(once < 7, `the drain took ${once.toFixed(1)} s`)
    }
    return { runs: 2, found: `twice: over in ${twice.toFixed(1)} s, once: in ${once.toFixed(1)} s` }
  },
}
