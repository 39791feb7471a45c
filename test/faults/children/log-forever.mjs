// Logs without end, 32 calls in flight, and prints the id of each call that resolved. Arguments: workspace, project.
import { writeSync } from 'node:fs'
import { openLedger } from '../../../dist/index.js'

const [workspace, projectId] = process.argv.slice(2)
const ledger = await openLedger({
  workspace,
  liveCounters: false,
  rotation: { maxBytes: 64 * 1024 },
  systemLog: { level: 'silent', pretty: false, file: false },
})

async function logForever() {
  for (;;) {
    const { id } = await ledger.logLLMRequest({
      project_id: projectId,
      chat_id: 'chat-1',
      model: 'gpt-4o',
      status: 'success',
      usage: { prompt_tokens: 3, completion_tokens: 4 },
      metadata: { text: 'ä€😀'.repeat(50) },
    })
    writeSync(1, `${id}\n`)
  }
}

await Promise.all(Array.from({ length: 32 }, logForever))
