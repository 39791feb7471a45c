// Makes calls and says what became of them, then closes when told to on standard input, or is killed. Arguments: workspace, project, {logged, rejected, dropped}.
import { openLedger } from '../../../dist/index.js'

const [workspace, project_id, plan] = process.argv.slice(2)
const { logged = 0, rejected = 0, dropped = 0 } = JSON.parse(plan)
const ledger = await openLedger({ workspace, systemLog: { level: 'silent', pretty: false, file: false } })
const entry = { project_id, chat_id: 'chat-1', model: 'gpt-4o', status: 'success' }
for (let i = 0; i < logged; i++) await ledger.logLLMRequest(entry)
for (let i = 0; i < rejected; i++)
  await ledger.logLLMRequest({ ...entry, status: 'bad' }).catch(() => undefined)
for (let i = 0; i < dropped; i++) await ledger.logLLMRequest({ ...entry, model: 5 }, { onError: 'never' })
console.log(JSON.stringify(ledger.integrity()))
process.once('SIGUSR2', () => ledger.close().then(() => process.exit()))
setInterval(() => undefined, 1_000)
