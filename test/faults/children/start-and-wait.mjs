// Starts a request, prints its id and waits to be killed. Arguments: workspace, project.
import { openLedger } from '../../../dist/index.js'

const [workspace, projectId] = process.argv.slice(2)
const ledger = await openLedger({ workspace, systemLog: { level: 'silent', pretty: false, file: false } })
const { id } = await ledger.startLLMRequest({ project_id: projectId, chat_id: 'chat-1', model: 'gpt-4o' })
process.stdout.write(`${id}\n`)
setInterval(() => undefined, 1_000)
