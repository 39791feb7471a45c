import { readdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openTestLedger } from '../fixtures/open-test-ledger.js'

test('a line cut off at the end of a closed segment is damage in the answer, of the active file it is not', async () => {
  const { ledger, project, entry } = await openTestLedger()
  for (let i = 0; i < 3; i++) await ledger.logLLMRequest(entry({ status: 'success' }))
  await ledger.rotateLogs()
  await ledger.logLLMRequest(entry({ status: 'success' }))
  for (const name of readdirSync(project.paths.logsDir).filter((file) =>
    /^llm_requests(\.0-.*)?\.jsonl$/.test(file),
  )) {
    const path = join(project.paths.logsDir, name)
    truncateSync(path, statSync(path).size - 20)
  }
  const { summary } = await ledger.getStats({ type: 'project', projectId: project.id })
  expect(summary).toMatchObject({ totalRequests: 2, integrity: { damaged: 1 } })
})
