// One round in a process of its own: prints the CPU of a call in microseconds.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLedger } from '../../dist/index.js'
import { CLIENTS } from './clients.mjs'

const WARM_UP = 3000
const { name, streaming, side, calls, url } = JSON.parse(process.argv[2])
const workspace = mkdtempSync(join(tmpdir(), 'ledgerline-bench-capture-'))
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

for (; call < WARM_UP; call++) await ask(`question ${call}`, streaming)
await ledger.flush()
const before = process.cpuUsage()
for (; call < WARM_UP + calls; call++) await ask(`question ${call}`, streaming)
await ledger.flush()
const { user, system } = process.cpuUsage(before)
const { totalRequests } = ledger.getCachedStats({ type: 'global' })
if (totalRequests !== (side === 'bare' ? 0 : WARM_UP + calls))
  throw new Error(`${totalRequests} requests were logged`)
await ledger.close()
rmSync(workspace, { recursive: true, force: true })
process.stdout.write(String((user + system) / calls))
