import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openLedger } from '../../src/index.js'
import { openTestLedger, QUIET } from '../fixtures/open-test-ledger.js'

/** Rotated, compressed and deleted all the time. */
const BUSY = { rotation: { maxBytes: 4096, gzip: true }, retention: { maxSegments: 3 }, systemLog: QUIET }

test('verify finds nothing wrong while two ledgers write, rotate, compress and delete', async () => {
  const { ledger, workspace, project, entry } = await openTestLedger(BUSY)
  await using other = await openLedger({ ...BUSY, workspace })
  let isDone = false
  let logged = 0
  const write = async (writer: typeof ledger, name: string): Promise<void> => {
    for (let round = 0; !isDone; round++) {
      for (let index = 0; index < 8; index++) {
        await writer.logLLMRequest(
          entry({ id: `${name}-${round}-${index}`, status: 'success', text: 'x'.repeat(200) }),
        )
        logged++
      }
      await writer.appendMessage({
        project_id: project.id,
        chat_id: 'c',
        role: 'user',
        content: 'x'.repeat(900),
      })
      await writer.cleanupOldLogs()
      await delay(1)
    }
  }
  const writers = [write(ledger, 'a'), write(other, 'b')]
  const reports = []
  while (reports.length < 25 || logged < 400) reports.push(await ledger.verify({ seals: true }))
  isDone = true
  await Promise.all(writers)
  const wrong = reports.filter(({ ok }) => !ok)
  expect(wrong.map(({ damage, doubled, sealFaults }) => ({ damage, doubled, sealFaults }))).toEqual([])
  // A line that was seen as active and as closed would count as sent again.
  expect(reports.filter(({ requests }) => requests.resent > 0)).toEqual([])

  await other.close()
  const { requests, seals, sealFaults } = await ledger.verify({ seals: true })
  expect(requests).toEqual({ lines: logged, ids: logged, resent: 0, doubled: 0 })
  expect(sealFaults).toEqual([])
  expect(seals.find(({ journal }) => journal === 'llm_requests')?.deleted).toBeGreaterThan(0)
})
