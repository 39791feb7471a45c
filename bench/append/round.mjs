// One round of one system, in a process of its own: `node --expose-gc round.mjs '<json>'`; prints one JSON object.
import { setImmediate as turn } from 'node:timers/promises'
import { watchLoopDelay } from '../loop-delay.mjs'
import { percentile } from '../percentile.mjs'
import { peakRss, resetPeak } from '../resident.mjs'
import { makeEntry, makeTexts, PROJECT } from './entries.mjs'
import { SYSTEMS } from './systems.mjs'

/** Every fourth call is timed: the clock itself costs a share of the shortest ones. */
const TIMED = 4
/** Enough for the compiler to have seen all of the path. */
const WARM_UP_SECONDS = 1.5
/** Asking for the time of all threads costs tens of microseconds where there are many. */
const CHECKED = 1024
/** A part ends by the time it computed, so that a busy machine does not make it short; at last by the clock. */
const CLOCK_SHARE = 4

const { system, folder, bytes, inFlight, entries, warmUp, seconds } = JSON.parse(process.argv[2])
const log = await SYSTEMS[system].open({ folder, inFlight })
const texts = makeTexts(warmUp + entries, bytes)
let next = 0

const warmed = await span(warmUp, WARM_UP_SECONDS)
globalThis.gc()
globalThis.gc()
resetPeak()
const rssBefore = process.memoryUsage.rss()
const loop = watchLoopDelay()
const cpuBefore = process.cpuUsage()
const { logged, elapsed, waits } = await span(entries, seconds)
const cpu = process.cpuUsage(cpuBefore)
const delays = loop.stop()
const rssPeak = peakRss()
await log.close()

process.stdout.write(
  JSON.stringify({
    lines: warmed.logged + logged,
    bytes: log.bytes?.(),
    logged,
    rate: logged / elapsed,
    cpu: (cpu.user + cpu.system) / logged,
    p50: percentile(waits, 0.5),
    p99: percentile(waits, 0.99),
    loop: log.turns === false ? undefined : percentile(delays, 0.99),
    rss: (rssPeak - rssBefore) / 2 ** 20,
  }),
)

/** Logs up to `count` entries within `limit` seconds of computing; ends when all of them are where the system puts them. */
async function span(count, limit) {
  const first = next
  const end = first + count
  const waits = []
  const started = performance.now()
  const cpuStarted = process.cpuUsage()
  const isLate = () => {
    const { user, system: kernel } = process.cpuUsage(cpuStarted)
    return user + kernel > limit * 1e6 || performance.now() - started > CLOCK_SHARE * limit * 1000
  }
  const isOver = () => next >= end || (next % CHECKED === 0 && isLate())
  if (log.acknowledges === 'promise')
    await Promise.all(Array.from({ length: inFlight }, () => caller(isOver, waits)))
  else await callsInTurns(isOver, waits)
  await log.settle()
  return { logged: next - first, elapsed: (performance.now() - started) / 1000, waits }
}

/** One of the callers that are under way at once: it waits for each acknowledgement. */
async function caller(isOver, waits) {
  while (!isOver()) {
    const i = next++
    if (i % TIMED !== 0) {
      await call(i)
      continue
    }
    const asked = performance.now()
    await call(i)
    waits.push(performance.now() - asked)
  }
}

/** On its own: a function that waits keeps all that it made until it goes on, and the collector would charge it to the log. */
function call(i) {
  return log.log(makeEntry(i, texts[i], log.projectId ?? PROJECT))
}

/** Where there is nothing to wait for: as many calls as would be in flight, then a turn of the event loop. */
async function callsInTurns(isOver, waits) {
  while (!isOver()) {
    for (let n = 0; n < inFlight && !isOver(); n++) {
      const i = next++
      const asked = log.acknowledges === 'return' && i % TIMED === 0 ? performance.now() : undefined
      call(i)
      if (asked !== undefined) waits.push(performance.now() - asked)
    }
    if (log.turns !== false) await turn()
  }
}
