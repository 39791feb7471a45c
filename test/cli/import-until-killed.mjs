// Imports, and is killed once `bytes` were read: node import-until-killed.mjs <workspace> <project id> <folder> <bytes>
import { importLogs, openLedger } from '../../dist/index.js'

const [workspace, projectId, folder, bytes] = process.argv.slice(2)
const ledger = await openLedger({ workspace, systemLog: { level: 'silent', pretty: false } })
await importLogs(ledger, {
  format: 'claude-code',
  projectId,
  paths: [folder],
  onProgress(progress) {
    if (progress.bytes >= Number(bytes)) process.kill(process.pid, 'SIGKILL')
  },
})
await ledger.close()
