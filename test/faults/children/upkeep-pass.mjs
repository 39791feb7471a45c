// One pass of upkeep that seals, compresses and deletes. Arguments: workspace, project.
import { openLedger } from '../../../dist/index.js'

const [workspace, projectId] = process.argv.slice(2)
const ledger = await openLedger({
  workspace,
  liveCounters: false,
  upkeep: false,
  rotation: { gzip: true },
  systemLog: { level: 'silent', pretty: false, file: false },
})
const retention = { maxSegments: 1, maxAgeDays: 20, chatsMaxAgeDays: 20 }
const { problems } = await ledger.cleanupOldLogs({ projectId, retention })
if (problems.length > 0) throw problems[0]
await ledger.close()
console.log('done')
