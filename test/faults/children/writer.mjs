// Logs entries whose ids and content are known beforehand, and prints what became of each call once it is settled:
// `<ms> ok|kept|no <id> [code]`, at the end `end <json>`. Argument: a JSON object, see ../harness/writer.mjs.
import { writeSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { openLedger } from '../../../dist/index.js'
import { entryOf, textOf } from '../harness/entry.mjs'
import { resolverOf } from '../harness/own-root.mjs'

const task = JSON.parse(process.argv[2] ?? '{}')
const { workspace, prefix, count = Number.POSITIVE_INFINITY, inFlight = 32, pauseMs = 0 } = task
const eventLoop = monitorEventLoopDelay({ resolution: 10 })
const options = {
  workspace,
  liveCounters: false,
  systemLog: { level: 'silent', pretty: false, file: false },
  ...task.options,
  ...(task.ownRoot === undefined ? {} : { projects: resolverOf(task.ownRoot) }),
}
const ledger = await openLedger(options)
const projects = task.projects ?? [(await ledger.createProject({ name: 'Made by the writer' })).id]
if (task.projects === undefined) say(`project ${projects[0]}`)
// The first slot belongs to another ledger, which this one leaves open.
if (task.isSecond) await (await openLedger(options)).logLLMRequest(entryOf(projects[0], `${prefix}-first`))
const started = task.waits ? signalled('SIGHUP') : undefined
say('open')
await started
eventLoop.enable()

let next = 0
let calls = 0
let isStopped = false
process.on('SIGUSR2', () => {
  isStopped = true
})

async function work() {
  while (next < count && !isStopped) {
    const n = next++
    await settle(n, `${prefix}-${n}`)
    if (pauseMs > 0) await delay(pauseMs)
  }
}

async function settle(/** @type {number} */ n, /** @type {string} */ id) {
  const projectId = projects[n % projects.length]
  try {
    if (task.messagesEvery > 0 && n % task.messagesEvery === 0) {
      const chat_id = `chat-${n % (task.chats ?? 3)}`
      await ledger.appendMessage({ id, project_id: projectId, chat_id, role: 'user', content: textOf(id) })
      return say(`message ${id}`)
    }
    calls++
    const { logged } = await log(projectId, id)
    say(`${logged ? 'ok' : 'kept'} ${id}`)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : String(error)
    say(`no ${id} ${code}`)
    // A refusal may come at once: the event loop gets its turn.
    await delay(5)
  }
}

/** Not in the function that waits: its frame would hold the entry all the while. */
function log(/** @type {string} */ projectId, /** @type {string} */ id) {
  return ledger.logLLMRequest(entryOf(projectId, id, task), { onError: task.onError ?? 'throw' })
}

await Promise.all(Array.from({ length: inFlight }, work))
await ledger.close()
say(`end ${JSON.stringify({ ...ledger.integrity(), calls, eventLoopMs: eventLoop.max / 1e6 })}`)

/** Keeps the process alive meanwhile. */
async function signalled(/** @type {NodeJS.Signals} */ signal) {
  const alive = setInterval(() => undefined, 1_000)
  await new Promise((resolve) => process.once(signal, resolve))
  clearInterval(alive)
}

function say(/** @type {string} */ what) {
  writeSync(1, `${Date.now()} ${what}\n`)
}
