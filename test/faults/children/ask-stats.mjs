// Asks for the stats of a workspace again and again until it is told to end by SIGUSR2; prints the requests of each answer, at
// the end `end <requests>`. Argument: workspace.
import { openLedger } from '../../../dist/index.js'

const [workspace] = process.argv.slice(2)
const systemLog = { level: 'silent', pretty: false, file: false }
const ledger = await openLedger({ workspace, liveCounters: false, upkeep: false, systemLog })
let isStopped = false
process.on('SIGUSR2', () => {
  isStopped = true
})
const requests = async () => {
  const { summary, breakdown } = await ledger.getStats({ type: 'global' }, { groupBy: ['day', 'model'] })
  const sum = breakdown.reduce((total, row) => total + row.requests, 0)
  if (sum !== summary.totalRequests) throw new Error(`${sum} in the rows, ${summary.totalRequests} in all`)
  return sum
}
while (!isStopped) console.log(await requests())
console.log(`end ${await requests()}`)
await ledger.close()
