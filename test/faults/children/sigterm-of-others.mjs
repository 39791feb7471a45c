// A host that listens for SIGTERM as signal-exit does: it ends the process when nobody but itself listens.
import { writeSync } from 'node:fs'
import { openLedger } from '../../../dist/index.js'

const own = () => {
  if (process.listenerCount('SIGTERM') > 1) return
  process.off('SIGTERM', own)
  process.kill(process.pid, 'SIGTERM')
}
process.on('SIGTERM', own)
const [workspace] = process.argv.slice(2)
const options = { workspace, systemLog: { level: 'silent', pretty: false, file: false } }
await openLedger(options)
await openLedger(options)
writeSync(1, 'open\n')
setInterval(() => undefined, 1_000)
