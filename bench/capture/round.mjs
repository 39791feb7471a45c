// One round in a process of its own: prints the CPU of a call in microseconds.
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { openLedger } from '../../dist/index.js'
import { CLIENTS } from './clients.mjs'

const WARM_UP = 6000
const { name, streaming, side, calls, url, inFlight, folder } = JSON.parse(process.argv[2])
const workspace = mkdtempSync(join(folder, 'round-'))
const ledger = await openLedger({ workspace, systemLog: { level: 'silent', pretty: false }, upkeep: false })
const project = await ledger.createProject({ name: 'Bench' })
// A chat of a few messages each, as an application has.
let call = 0
const options = {
  ledger,
  projectId: project.id,
  chatId: () => `chat-${Math.floor(call / 10)}`,
  messages: side === 'captured',
}
const ask = await CLIENTS[name].open(url, side === 'bare' ? undefined : options)

await askUntil(WARM_UP)
await ledger.flush()
const before = process.cpuUsage()
await askUntil(WARM_UP + calls)
await ledger.flush()
const { user, system } = process.cpuUsage(before)
const { totalRequests } = ledger.getCachedStats({ type: 'global' })
if (totalRequests !== (side === 'bare' ? 0 : WARM_UP + calls))
  throw new Error(`${totalRequests} requests were logged`)
await ledger.close()
process.stdout.write(String((user + system) / calls))

async function askUntil(count) {
  const one = async () => {
    while (call < count) await ask(`question ${call++}`, streaming)
  }
  await Promise.all(Array.from({ length: inFlight }, one))
}
