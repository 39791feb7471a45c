// Logs one request as whoever runs it; prints whether it was logged.
import { openLedger } from '../../../dist/index.js'

const [workspace, projectId] = process.argv.slice(2)
const ledger = await openLedger({ workspace, systemLog: { level: 'silent', pretty: false, file: false } })
const { logged } = await ledger.logLLMRequest(
  { project_id: projectId, chat_id: 'chat', model: 'gpt-4o', status: 'success' },
  { onError: 'never' },
)
await ledger.close()
process.stdout.write(String(logged))
