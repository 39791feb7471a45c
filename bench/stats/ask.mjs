// Asks one system some questions, compares its answers with the reference, and tells the times. A process of its own.
import { readFileSync } from 'node:fs'
import { percentile } from '../percentile.mjs'
import { peakRss } from '../resident.mjs'
import { difference } from './answers.mjs'
import { given, printResult } from './child.mjs'
import { question } from './questions.mjs'
import { CHECKED, referencePath } from './reference.mjs'
import { SYSTEMS } from './systems.mjs'

/** Asked before the clock starts where a row is warm. */
const WARM_UP = 3

const { system, ledger, questions } = given()
const { module, asked, alone, warms, besideRank, isReference } = SYSTEMS[system]
const { open } = await import(`./systems/${module}.mjs`)

const started = performance.now()
const opened = await open(ledger)
const openMs = performance.now() - started
const [figures, answers] = [{}, new Map()]
for (const name of questions) figures[name] = await timesOf(name)
const rss = process.memoryUsage.rss()
compare()
await opened.close()
printResult({ openMs, rss, peak: peakRss(), questions: figures })

/** {ms, times}: the median, and of how many; where each question is asked alone, from the opening on. */
async function timesOf(name) {
  if (warms) for (let n = 0; n < WARM_UP; n++) await ask(name, n)
  const times = []
  let sum = alone ? openMs : 0
  for (let n = 0; n < asked.most && (n < asked.least || sum < asked.budgetMs); n++) {
    const took = await ask(name, n)
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
  const reference = JSON.parse(readFileSync(referencePath(ledger), 'utf8'))
  for (const [variant, { posed, found }] of answers) {
    const wrong = difference(opened.answer(found, posed), reference[variant], besideRank)
    if (wrong !== undefined) throw new Error(`${system} answers ${variant} wrongly: ${wrong}`)
  }
}
