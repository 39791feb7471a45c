// Opens a ledger and closes it. Argument: workspace.
import { openLedger } from '../../../dist/index.js'

const [workspace] = process.argv.slice(2)
const systemLog = { level: 'silent', pretty: false, file: false }
await (await openLedger({ workspace, liveCounters: false, upkeep: false, systemLog })).close()
console.log('done')
