/** Sums of costs are exact to 1e-9 USD, however many there are and however they are asked for. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openLedger } from '../../src/index.js'
import { Counters } from '../../src/stats/counters.js'
import { Cell, SUM } from '../../src/stats/index/cell.js'
import { measuresOf } from '../../src/stats/index/measures.js'
import { addPico, picoOf } from '../../src/stats/usd.js'
import { QUIET } from '../fixtures/open-test-ledger.js'
import { tempFolder } from '../fixtures/temp-folder.js'

/** Of fractions of a token's price, of usual requests, and of those that are as large as all others together. */
const amounts = fc.oneof(
  { weight: 8, arbitrary: fc.nat(999_999_999).map((pico) => pico / 1e12) },
  { weight: 8, arbitrary: fc.nat(99_999_999).map((nano) => nano / 1e9) },
  { weight: 1, arbitrary: fc.nat(1_000_000) },
)

/** 1e-12 USD, of the digits of a number. */
function exactPico(amount: number): bigint {
  const [whole = '', part = ''] = amount.toFixed(12).split('.')
  return BigInt(whole + part)
}

/** Within 1e-9 USD, where a double of that size carries so much. */
function expectExact(usd: number, amounts: readonly number[]): void {
  const exact = amounts.reduce((sum, amount) => sum + exactPico(amount), 0n)
  const difference = exactPico(usd) - exact
  expect(difference < 0n ? -difference : difference).toBeLessThan(1_000n)
}

test('of requests that were logged: stats, groups, models, filters by metadata and live counters', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(amounts, { minLength: 1, maxLength: 60 }), async (given) => {
      const workspace = tempFolder()
      const ledger = await openLedger({ workspace, systemLog: QUIET })
      const { id: project_id } = await ledger.createProject({ name: 'Test' })
      await Promise.all(
        given.map((amount, index) =>
          ledger.logLLMRequest({
            project_id,
            chat_id: `c${index % 3}`,
            model: 'acme-1',
            status: 'success',
            timestamp_start: new Date(Date.UTC(2026, 0, 1 + (index % 40))).toISOString(),
            cost: { amount, source: 'provider' },
            metadata: { team: 'a' },
          }),
        ),
      )
      const scope = { type: 'project', projectId: project_id } as const
      const plain = await ledger.getStats(scope)
      const byMonth = await ledger.getStats(scope, { groupBy: 'month' })
      const ofTeam = await ledger.getStats(scope, { filter: { 'metadata.team': 'a' } })
      const repriced = await ledger.getStats(scope, { repriced: true })
      const again = await openLedger({ workspace, systemLog: QUIET })
      expectExact(plain.summary.estimatedCost, given)
      expectExact(plain.models['acme-1']?.cost ?? Number.NaN, given)
      expectExact(byMonth.summary.estimatedCost, given)
      expectExact(ofTeam.summary.estimatedCost, given)
      expectExact(repriced.summary.estimatedCost, given)
      for (const each of [ledger, again]) {
        expectExact(each.getCachedStats(scope).estimatedCost, given)
        expectExact(each.getCachedStats({ type: 'global' }).estimatedCost, given)
      }
      await Promise.all([ledger.close(), again.close()])
    }),
    { numRuns: 15 },
  )
})

describe('of a million requests of a cent and a bit, beyond what one double carries', () => {
  const amount = 0.123456789012
  const count = 1_000_000
  const exact = exactPico(amount) * BigInt(count)

  test('in a cell of the index, in cells put together, and taken back', () => {
    const cells = Array.from({ length: 10 }, () => new Cell())
    for (let at = 0; at < count; at++) {
      addPico((cells[at % 10] ?? new Cell()).sums, SUM.cost, SUM.costHigh, picoOf(amount))
    }
    const all = new Cell()
    for (const cell of cells) all.merge(cell)
    const usd = (): number => measuresOf({ cell: all, pending: 0, interrupted: 0 }).estimatedCost
    expect(usd()).toBe(Number(exact) / 1e12)
    for (let at = 0; at < count; at++) addPico(all.sums, SUM.cost, SUM.costHigh, -picoOf(amount))
    expect(usd()).toBe(0)
  })

  test('in the live counters', () => {
    const counters = new Counters()
    const request = { id: 'x', projectId: 'p', chatId: 'c', status: 'success', endMs: 0 } as const
    const counted = { ...request, prompt: 1, completion: 0, latency: undefined, cost: amount }
    for (let at = 0; at < count; at++) counters.apply(counted, 1)
    expect(counters.read({ type: 'global' }).estimatedCost).toBe(Number(exact) / 1e12)
  })
})
