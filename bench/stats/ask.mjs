// Asks one system some questions, compares its answers with the reference, and tells the times. A process of its own.
import { percentile } from '../percentile.mjs'
import { peakRss } from '../resident.mjs'
import { difference } from './answers.mjs'
import { given, printResult } from './child.mjs'
import { question } from './questions.mjs'
import { CHECKED, readReference } from './reference.mjs'
import { SYSTEMS } from './systems.mjs'

/** Asked before the clock starts where a row is warm. */
const WARM_UP = 3

const { system, ledger, questions } = given()
const { module, options, asked, alone, warms, besideRank, isReference } = SYSTEMS[system]
const { open } = await import(`./systems/${module}.mjs`)

const started = performance.now()
const opened = await open(ledger, options)
const openMs = performance.now() - started
const [figures, answers] = [{}, new Map()]
for (const name of questions) figures[name] = await timesOf(name)
const [rss, peak] = [process.memoryUsage.rss(), peakRss()]
compare()
await opened.close()
printResult({ openMs, rss, peak, questions: figures })

/** {ms, times}: the median, and of how many; where each question is asked alone, from the opening on. */
async function timesOf(name) {
  let next = 0
  while (warms && next < WARM_UP) await ask(name, next++)
  const times = []
  let sum = alone ? openMs : 0
  while (times.length < asked.most && (times.length < asked.least || sum < asked.budgetMs)) {
    const took = await ask(name, next++)
    times.push(alone ? openMs + took : took)
    sum += took
  }
  return { ms: percentile(times, 0.5), times: times.length }
}

async function ask(name, n) {
  const posed = question(name, n, ledger)
  const asking = performance.now()
  const found = await opened.ask(posed)
  const took = performance.now() - asking
  if (n < CHECKED) answers.set(`${name} ${n}`, { posed, found })
  return took
}

/** Throws when an answer is wrong. Once the memory was looked at: the right answers take up some, too. */
function compare() {
  if (isReference) return
  const reference = readReference(ledger)
  for (const [variant, { posed, found }] of answers) {
    const wrong = difference(opened.answer(found, posed), reference.get(JSON.stringify(posed)), besideRank)
    if (wrong !== undefined) throw new Error(`${system} answers ${variant} wrongly: ${wrong}`)
  }
}
