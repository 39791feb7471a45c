import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { checkAcknowledged, checkReopens } from '../harness/check.mjs'
import { readJournal } from '../harness/journal.mjs'
import { compile } from '../harness/machine.mjs'
import { startWriter } from '../harness/writer.mjs'

const HOUR_S = 3_600
const YEAR_S = 365 * 24 * HOUR_S
/** Of Berlin in 2030, half a second before. */
const DST_END_S = Date.UTC(2030, 9, 27, 1) / 1000

/** @type {[string, () => number][]} seconds the clock is off */
const JUMPS = [
  ['back an hour', () => -HOUR_S],
  ['ten years ahead', () => 10 * YEAR_S],
  ['back to 1970', () => -Math.floor(Date.now() / 1000) + 10],
  ['over the end of summer time', () => DST_END_S - Math.floor(Date.now() / 1000)],
  ['right again', () => 0],
]

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'clock',
  fault: 'clock',
  checks: 'the clock jumps under the writer: I1, order of the lines kept, nothing deleted by age',
  quick: true,
  async run(context) {
    const shim = compile(context, 'clock.so')
    const clock = join(context.folder('clock'), 'offset')
    const turn = (/** @type {number} */ seconds) => {
      const offset = Buffer.alloc(8)
      offset.writeBigInt64LE(BigInt(seconds))
      writeFileSync(clock, offset, { flag: 'r+' })
    }
    writeFileSync(clock, Buffer.alloc(8))
    const workspace = context.folder()
    const project = await context.project(workspace)
    const options = {
      rotation: { maxBytes: 16_384, gzip: true, maxAgeDays: 1 },
      retention: { maxAgeDays: 30, chatsMaxAgeDays: 30 },
    }
    const env = { LD_PRELOAD: shim, FAULTS_CLOCK: clock, TZ: 'Europe/Berlin' }
    const writer = startWriter(
      { workspace, projects: [project.id], prefix: 'c', inFlight: 1, pauseMs: 1, options },
      { env },
    )
    await writer.until(() => writer.acknowledged().length > 30)
    for (const [, seconds] of JUMPS) {
      turn(seconds())
      const before = writer.acknowledged().length
      assert.ok(
        await writer.until(() => writer.acknowledged().length > before + 100, 20_000),
        'I5: nothing is logged any more',
      )
      await delay(50)
    }
    writer.process.kill('SIGUSR2')
    const { code, stderr } = await writer.exited
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    const journal = readJournal(project.paths.logsDir)
    checkAcknowledged(journal, writer.acknowledged())
    checkOrder(journal)
    await checkReopens(workspace, project)
    return {
      runs: JUMPS.length,
      found: `${writer.acknowledged().length} entries in ${journal.files.length} files in order`,
    }
  },
}

/** One writer that waited for each call: in reading order its numbers grow. @param {import('../harness/journal.mjs').Journal} journal */
function checkOrder({ files, ids }) {
  const numbers = [...ids.keys()].map((id) => Number(id.split('-')[1]))
  const turned = numbers.findIndex((number, n) => number !== n)
  assert.ok(turned < 0, `entry ${numbers[turned]} is read in the place of ${turned}`)
  const years = files.map((path) => Number(/\.0-\d{8}-(\d{4})/.exec(path)?.[1] ?? 2000))
  assert.ok(
    Math.min(...years) < 1971 && Math.max(...years) > new Date().getFullYear() + 8,
    'the clock did not jump',
  )
}
