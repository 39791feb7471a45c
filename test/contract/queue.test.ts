import { expect, test } from 'vitest'
import { openTestLedger } from '../fixtures/open-test-ledger.js'

const MIB = 2 ** 20
/** Of each call, all made before the first of them can be written. */
const CHARACTERS = 100_000

test.each([
  ['one byte a character', 'x', Math.ceil(MIB / CHARACTERS)],
  ['two bytes a character, for the sake of one', '€', Math.ceil(MIB / CHARACTERS / 2)],
])('what waits for its project is bounded by its memory: %s', async (_, first, waiting) => {
  const { ledger, entry, lines } = await openTestLedger({ queue: { maxBytes: MIB } })
  const metadata = { text: `${first}${'x'.repeat(CHARACTERS)}` }
  const calls = Array.from({ length: 20 }, () =>
    ledger.logLLMRequest(entry({ usage: { prompt_tokens: 1, completion_tokens: 1 }, metadata })),
  )
  const settled = await Promise.allSettled(calls)
  const refused = settled.flatMap((call) => (call.status === 'rejected' ? call.reason.code : []))
  expect(new Set(refused)).toEqual(new Set(['LOG_QUEUE_FULL']))
  expect(lines()).toHaveLength(20 - refused.length)
  expect(lines()).toHaveLength(waiting)
})

test('past the bound a call that never throws is dropped at once, whether its project is open or not', async () => {
  const { ledger, entry, lines } = await openTestLedger({ queue: { maxLines: 10 } })
  for (const round of [1, 2]) {
    const results = await Promise.all(
      Array.from({ length: 50 }, () => ledger.logLLMRequest(entry(), { onError: 'never' })),
    )
    const logged = results.filter((result) => result.logged).length
    expect(logged).toBeGreaterThanOrEqual(10)
    expect(logged).toBeLessThan(50)
    const { persisted, dropped, received } = ledger.integrity()
    expect({ persisted, received }).toEqual({ persisted: lines().length, received: 50 * round })
    expect(persisted + dropped).toBe(received)
  }
  const { persisted } = ledger.integrity()
  await ledger.close()
  expect(lines()).toHaveLength(persisted)
})
