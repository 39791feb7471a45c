// What an answer costs when there is one more entry than at the answer before.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { percentile } from '../../percentile.mjs'
import { question } from '../questions.mjs'
import { newEntry } from './new-entry.mjs'

const LEAST = 5
const MOST = 50
const BUDGET_MS = 15_000
const OTHER = fileURLToPath(new URL('other-process.mjs', import.meta.url))

/** {warm, next, times}: medians in ms of an answer with nothing new, and of the next one behind an entry. */
async function compare(opened, ledger, logOne) {
  const posed = question('summary', 0, ledger)
  const [warm, next] = [[], []]
  const started = performance.now()
  let total = (await opened.ask(posed)).summary.totalRequests
  while (next.length < LEAST || (next.length < MOST && performance.now() - started < BUDGET_MS)) {
    const before = performance.now()
    await opened.ask(posed)
    warm.push(performance.now() - before)
    await logOne()
    const asked = performance.now()
    const { summary } = await opened.ask(posed)
    next.push(performance.now() - asked)
    if (summary.totalRequests !== ++total)
      throw new Error(`the answer holds ${summary.totalRequests} requests instead of ${total}`)
  }
  return { warm: percentile(warm, 0.5), next: percentile(next, 0.5), times: next.length }
}

export function oneMoreFromHere(opened, ledger) {
  return compare(opened, ledger, () => opened.ledger.logLLMRequest(newEntry(ledger.projects[0].id)))
}

export async function oneMoreFromElsewhere(opened, ledger) {
  const other = fork(OTHER, [JSON.stringify(ledger)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  try {
    await once(other, 'message')
    return await compare(opened, ledger, async () => {
      other.send('log')
      await once(other, 'message')
    })
  } finally {
    other.disconnect()
    await once(other, 'exit')
  }
}
