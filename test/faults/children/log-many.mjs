// Logs a number of entries, 64 calls in flight, and exits. Arguments: workspace, project, count, bytes of a segment.
import { openLedger } from '../../../dist/index.js'

const [workspace, projectId, count, maxBytes] = process.argv.slice(2)
const ledger = await openLedger({
  workspace,
  liveCounters: false,
  rotation: { maxBytes: Number(maxBytes) },
  systemLog: { level: 'silent', pretty: false, file: false },
})
let left = Number(count)

async function work() {
  while (left-- > 0) {
    await ledger.logLLMRequest({
      project_id: projectId,
      chat_id: `chat-${process.pid}`,
      model: 'gpt-4o',
      status: 'success',
      usage: { prompt_tokens: 1, completion_tokens: 2 },
      metadata: { text: 'x'.repeat(300) },
    })
  }
}

await Promise.all(Array.from({ length: 64 }, work))
await ledger.close()
