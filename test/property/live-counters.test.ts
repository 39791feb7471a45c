import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type LLMRequestLogEntry, openLedger, type StatsScope } from '../../src/index.js'
import { QUIET } from '../fixtures/open-test-ledger.js'
import { tempFolder } from '../fixtures/temp-folder.js'

const entries = fc.array(
  fc.record(
    {
      // Few ids, so that some come again.
      id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      chat_id: fc.constantFrom('c1', 'c2'),
      status: fc.constantFrom('success', 'error', 'timeout', 'pending'),
      timestamp_start: fc.constant('2026-01-01T00:00:00Z'),
      timestamp_end: fc.constantFrom('2026-01-01T00:00:01Z', '2026-01-01T02:00:02+02:00'),
      usage: fc.record({ prompt_tokens: fc.nat(), completion_tokens: fc.nat() }),
      timings: fc.record({ latency_ms: fc.double({ min: 0, max: 1e6, noNaN: true }) }),
      cost: fc.record({
        amount: fc.option(fc.double({ min: 0, max: 1000, noNaN: true })),
        source: fc.constant('provider'),
      }),
    },
    { requiredKeys: ['chat_id', 'status', 'timestamp_start'] },
  ),
  { minLength: 1, maxLength: 15 },
)

test('the live counters equal the stats, while logging and after opening again', async () => {
  await fc.assert(
    fc.asyncProperty(entries, async (given) => {
      const workspace = tempFolder()
      const ledger = await openLedger({ workspace, systemLog: QUIET })
      const { id: projectId } = await ledger.createProject({ name: 'Test' })
      for (const entry of given) {
        await ledger.logLLMRequest({ ...entry, project_id: projectId, model: 'acme-1' } as LLMRequestLogEntry)
      }
      const scopes: StatsScope[] = [{ type: 'global' }, { type: 'project', projectId }]
      for (const chatId of new Set(given.map(({ chat_id }) => chat_id))) {
        scopes.push({ type: 'chat', projectId, chatId })
      }
      const again = await openLedger({ workspace, systemLog: QUIET })
      for (const scope of scopes) {
        // A chat whose only entry was replaced by one of another chat is in no answer.
        const stats = await ledger.getStats(scope).catch(() => undefined)
        for (const counters of [ledger.getCachedStats(scope), again.getCachedStats(scope)]) {
          const { scope: _, averageLatencyMs, estimatedCost, ...counts } = counters
          if (stats === undefined) expect(counts).toMatchObject({ totalRequests: 0, pendingRequests: 0 })
          else expect(stats.summary).toMatchObject(counts)
          expect(averageLatencyMs).toBeCloseTo(stats?.summary.averageLatencyMs ?? 0, 6)
          expect(estimatedCost).toBeCloseTo(stats?.summary.estimatedCost ?? 0, 9)
        }
      }
      await Promise.all([ledger.close(), again.close()])
    }),
    { numRuns: 25 },
  )
})
