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

test('flush() waits for what is under way, and not for what begins all the time', async () => {
  const { ledger } = await openTestLedger({ upkeep: false })
  let begun = 0
  let isOver = false
  const work = async (): Promise<void> => {
    begun += 1
    await new Promise((resolve) => setImmediate(resolve))
    if (!isOver) ledger.defer(work())
  }
  ledger.defer(work())
  await ledger.flush()
  expect(begun).toBeLessThan(100)
  isOver = true
  await ledger.close()
})
