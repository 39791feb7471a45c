// Another process that logs to the same ledger: one entry at each message it gets.
import { openLedger } from '../../../dist/index.js'
import { given } from '../child.mjs'
import { newEntry } from './new-entry.mjs'

const { workspace, projects } = given()
const ledger = await openLedger({
  workspace,
  liveCounters: false,
  systemLog: { level: 'silent', pretty: false },
})
process.on('message', async () => {
  await ledger.logLLMRequest(newEntry(projects[0].id))
  process.send('logged')
})
process.on('disconnect', () => ledger.close())
process.send('ready')
