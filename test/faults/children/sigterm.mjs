// Logs 2,000 entries at once, says so, and prints how many resolved when it ends. Arguments: workspace, project.
import { writeSync } from 'node:fs'
import { openLedger } from '../../../dist/index.js'

const [workspace, projectId] = process.argv.slice(2)
const ledger = await openLedger({ workspace, systemLog: { level: 'silent', pretty: false, file: false } })
await ledger.logLLMRequest({ project_id: projectId, chat_id: 'c', model: 'm', status: 'success' })
let resolved = 1
process.on('exit', () => writeSync(1, `${resolved}\n`))
const calls = Array.from({ length: 2_000 }, async () => {
  await ledger.logLLMRequest({ project_id: projectId, chat_id: 'c', model: 'm', status: 'success' })
  resolved++
})
process.kill(process.pid, 'SIGTERM')
await Promise.all(calls)
setInterval(() => undefined, 1_000)
