// How long a logged entry waits for its acknowledgement at a steady pace, while nothing else happens and while stats run.
import { setImmediate as turn } from 'node:timers/promises'
import { watchLoopDelay } from '../../loop-delay.mjs'
import { percentile } from '../../percentile.mjs'
import { QUESTIONS, question } from '../questions.mjs'
import { newEntry } from './new-entry.mjs'

const PERIOD_MS = 2
const WARM_UP_SECONDS = 2

/** {idle, busy}, each {p50, p99, loop, calls, answers} in ms, with `loop` the p99 of the event loop's delay. */
export async function acknowledgements(opened, ledger, seconds) {
  await logSteadily(opened, ledger, WARM_UP_SECONDS)
  const idle = await logSteadily(opened, ledger, seconds)
  let [answers, isOver] = [0, false]
  const asking = (async () => {
    while (!isOver) {
      const names = Object.keys(QUESTIONS)
      await opened.ask(question(names[answers % names.length], answers, ledger))
      answers++
      // As behind a socket: an answer out of memory alone must not keep the timers from their turn.
      await turn()
    }
  })()
  const busy = await logSteadily(opened, ledger, seconds)
  isOver = true
  await asking
  return { idle: { ...idle, answers: 0 }, busy: { ...busy, answers } }
}

/** What fell due in a stall of the event loop is logged behind it: its wait is in `loop`. */
async function logSteadily(opened, { projects }, seconds) {
  const waits = []
  const loop = watchLoopDelay()
  const underWay = new Set()
  const started = performance.now()
  for (let due = started; due < started + seconds * 1000; due += PERIOD_MS) {
    const early = due - performance.now()
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early))
    const call = logOne().finally(() => underWay.delete(call))
    underWay.add(call)
  }
  const delays = loop.stop()
  await Promise.all(underWay)
  const [p50, p99] = [0.5, 0.99].map((share) => percentile(waits, share))
  return { p50, p99, loop: percentile(delays, 0.99), calls: waits.length }

  async function logOne() {
    const asked = performance.now()
    await opened.ledger.logLLMRequest(newEntry(projects[0].id))
    waits.push(performance.now() - asked)
  }
}
