/** A question that its caller gives up fails at once, and the next one is answered as ever. */
import { expect, test } from 'vitest'
import type { StatsOptions } from '../../src/index.js'
import { openTestLedger } from '../fixtures/open-test-ledger.js'

const GROUPS: readonly (readonly [string, StatsOptions])[] = [
  ['from the index', { groupBy: ['day', 'model'] }],
  ['from the lines', { groupBy: ['metadata.team'] }],
]

test.each(GROUPS)('%s: before it is asked, and while it is answered', async (_, options) => {
  const { ledger, entry } = await openTestLedger()
  for (let n = 0; n < 20; n++) await ledger.logLLMRequest(entry({ status: 'success' }))
  const ask = (signal?: AbortSignal) =>
    ledger.getStats({ type: 'global' }, { ...options, ...(signal && { signal }) })
  await expect(ask(AbortSignal.abort('enough'))).rejects.toMatchObject({
    code: 'QUERY_CANCELLED',
    operation: 'getStats',
    cause: 'enough',
  })
  for (const turns of [0, 1, 2, 5, 20]) {
    const giveUp = new AbortController()
    const asked = ask(giveUp.signal)
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
    giveUp.abort()
    // It may have been answered by then.
    await asked.then(
      ({ summary }) => expect(summary.totalRequests).toBe(20),
      (error) => expect(error).toMatchObject({ code: 'QUERY_CANCELLED' }),
    )
  }
  expect((await ask()).summary.totalRequests).toBe(20)
  expect((await ask(new AbortController().signal)).summary.totalRequests).toBe(20)
})

test('what waits for another question is given up at once', async () => {
  const { ledger, entry } = await openTestLedger()
  await ledger.logLLMRequest(entry({ status: 'success' }))
  const giveUp = new AbortController()
  const first = ledger.getStats({ type: 'global' })
  const second = ledger.getStats({ type: 'global' }, { signal: giveUp.signal })
  giveUp.abort()
  await expect(second).rejects.toMatchObject({ code: 'QUERY_CANCELLED' })
  expect((await first).summary.totalRequests).toBe(1)
})

test('what is no signal is refused', async () => {
  const { ledger } = await openTestLedger()
  const options: object = { signal: 'soon' }
  await expect(ledger.getStats({ type: 'global' }, options)).rejects.toMatchObject({
    problems: [{ code: 'INVALID_OPTION', field: 'signal' }],
  })
})
