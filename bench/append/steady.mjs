// `npm run bench:steady`: 10,000 entries a second for a minute; what that does to the application that logs them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ensureInstalled } from '../../scripts/ensure-installed.mjs'
import { watchLoopDelay } from '../loop-delay.mjs'
import { machine } from '../machine.mjs'
import { percentile } from '../percentile.mjs'
import { makeEntry, makeTexts, PROJECT } from './entries.mjs'
import { SYSTEMS } from './systems.mjs'
import { writtenLines } from './written-lines.mjs'

const LOOP_P99_MS = 10
/** As often as a busy server comes by: ten entries at a time. */
const TICK_MS = 1
const TEXTS = 20_000
const TEXT_BYTES = 64e6
const WARM_UP_SECONDS = 2
/** The same entries made into JSON and thrown away: what this machine does to any event loop at this hour. */
const BARE_SECONDS = 5

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: '10000' },
    payload: { type: 'string', default: '200' },
    system: { type: 'string', default: 'os' },
    dir: { type: 'string', default: tmpdir() },
  },
})
const [seconds, rate, bytes] = [values.seconds, values.rate, values.payload].map(Number)
if (!(seconds > 0 && rate > 0 && bytes > 0) || SYSTEMS[values.system] === undefined) {
  const names = Object.keys(SYSTEMS).join(', ')
  process.stderr.write(`seconds, rate and payload are numbers above 0; system is one of ${names}\n`)
  process.exit(2)
}
ensureInstalled(fileURLToPath(new URL('.', import.meta.url)))
const texts = makeTexts(Math.min(TEXTS, Math.ceil(TEXT_BYTES / bytes)), bytes)
// All of it resident from the start, so that what grows is the system's.
const waits = new Float64Array(
  Math.ceil(rate * (seconds + WARM_UP_SECONDS + BARE_SECONDS) * 1.1) + 1000,
).fill(0)
const folder = mkdtempSync(join(values.dir, 'ledgerline-steady-'))
const bare = await SYSTEMS.limit.open({})
const log = await SYSTEMS[values.system].open({ folder, inFlight: Math.ceil(rate / 1000) })
let next = 0

try {
  const machineAlone = await logSteadily(bare, BARE_SECONDS)
  next = 0
  await logSteadily(log, WARM_UP_SECONDS)
  const rss = [settledRss()]
  const halves = []
  // Between the halves nothing is under way and nothing is watched: collecting garbage stops the event loop.
  for (let half = 0; half < 2; half++) {
    halves.push(await logSteadily(log, seconds / 2))
    rss.push(settledRss())
  }
  await log.close()
  report(machineAlone, halves, rss)
  const lines = log.bytes === undefined ? writtenLines(folder, bytes).lines : next
  if (lines !== next) throw new Error(`${next} entries were logged, the files hold ${lines}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Logs what is due each tick, however long the tick took to come; resolves when all of it is acknowledged. */
async function logSteadily(to, duration) {
  const loop = watchLoopDelay()
  const underWay = new Set()
  const cpu = process.cpuUsage()
  const from = next
  const started = performance.now()
  for (let elapsed = 0; elapsed < duration; elapsed = (performance.now() - started) / 1000) {
    for (const due = from + Math.floor(elapsed * rate); next < due; next++) {
      const call = logOne(to, next).finally(() => underWay.delete(call))
      underWay.add(call)
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS))
  }
  const left = underWay.size
  await Promise.all(underWay)
  await to.settle()
  const { user, system } = process.cpuUsage(cpu)
  const took = (performance.now() - started) / 1000
  return { delays: loop.stop(), left, logged: next - from, took, cpu: (user + system) / 1e6 }
}

async function logOne(to, i) {
  const asked = performance.now()
  await to.log(makeEntry(i, texts[i % texts.length], to.projectId ?? PROJECT))
  waits[i] = performance.now() - asked
}

/** MiB, after a collection when node runs with --expose-gc. */
function settledRss() {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage.rss() / 2 ** 20
}

function report(machineAlone, halves, rss) {
  const sum = (name) => halves.reduce((total, half) => total + half[name], 0)
  const shares = (values, name) =>
    `| ${name} | ${[0.5, 0.99, 1].map((share) => `${percentile(values, share).toPrecision(2)} ms`).join(' | ')} |\n`
  const delays = halves.flatMap((half) => half.delays)
  const perSecond = Math.round(sum('logged') / sum('took'))
  const left = halves.map((half) => half.left).join(' and ')
  process.stdout.write(
    `${machine(values.dir)}\n\n` +
      `${sum('logged')} entries with ${bytes} B of text in ${sum('took').toFixed(1)} s (${perSecond} a second), ` +
      `by ${SYSTEMS[values.system].title}, ${Math.round((100 * sum('cpu')) / sum('took'))}% of a core; ` +
      `${left} calls under way when the halves ended.\n\n` +
      '|  | p50 | p99 | max |\n| --- | --: | --: | --: |\n' +
      shares(machineAlone.delays, 'event-loop delay, the limit alone') +
      shares(delays, 'event-loop delay') +
      (log.acknowledges === 'nothing'
        ? ''
        : shares(waits.subarray(next - sum('logged'), next), 'acknowledgement')) +
      `\nRSS at the start, in the middle, at the end${globalThis.gc === undefined ? '' : ', after a collection'}: ` +
      `${rss.map((mib) => `${Math.round(mib)} MiB`).join(', ')}\n\n` +
      `${percentile(delays, 0.99) < LOOP_P99_MS ? 'pass' : 'FAIL'}: event-loop delay p99 is under ${LOOP_P99_MS} ms\n`,
  )
}
