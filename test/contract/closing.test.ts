import { expect, test } from 'vitest'
import { openTestLedger } from '../fixtures/open-test-ledger.js'

test('a dry run of cleanup that is under way does not hold up close', async () => {
  const { ledger, entry } = await openTestLedger({ upkeep: false })
  for (const id of ['a', 'b', 'c']) {
    await ledger.logLLMRequest(entry({ id, status: 'success' }))
    await ledger.rotateLogs()
  }
  const asked = ledger.cleanupOldLogs({ dryRun: true, retention: { maxSegments: 1 } })
  const closed = ledger.close()
  const { segments, problems } = await asked
  expect(segments).toEqual([])
  expect(problems.map(({ code }) => code)).toEqual(['LEDGER_CLOSED'])
  await closed
})
