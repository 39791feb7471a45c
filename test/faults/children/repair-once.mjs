// One repair. Argument: workspace.
import { openLedger } from '../../../dist/index.js'

const ledger = await openLedger({
  workspace: process.argv[2],
  liveCounters: false,
  upkeep: false,
  systemLog: { level: 'silent', pretty: false, file: false },
})
const { problems } = await ledger.repair()
if (problems.length > 0) throw problems[0]
await ledger.close()
console.log('done')
