/** Budgets of a real ledger, with real files and a real server behind the webhook. */

import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { BudgetCrossing } from '../../src/index.js'
import { openLedger } from '../../src/index.js'
import { openTestLedger, QUIET } from '../fixtures/open-test-ledger.js'

const cost = (amount: number) => ({
  status: 'success' as const,
  usage: { prompt_tokens: 10, completion_tokens: 1 },
  cost: { amount, source: 'provider' as const },
})

/** A receiver of webhooks that answers with the statuses in turn, then 200. */
async function receiver(
  statuses: number[] = [],
  atEnd = onTestFinished,
): Promise<{ url: string; bodies: Record<string, unknown>[] }> {
  const bodies: Record<string, unknown>[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    bodies.push(JSON.parse(text))
    response.writeHead(statuses.shift() ?? 200, { location: '/elsewhere' }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  atEnd(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/hook?key=not-to-be-logged`, bodies }
}

test('a budget counts what ended before and since, to the last request', async () => {
  const { ledger, project, entry } = await openTestLedger()
  const scope = { type: 'project', projectId: project.id } as const
  await ledger.logLLMRequest(entry(cost(1)))
  const budget = { scope, period: 'day', limitUsd: 4 } as const
  expect(await ledger.checkBudget(budget)).toMatchObject({ spentUsd: 1, remainingUsd: 3, crossed: [] })
  await ledger.logLLMRequest(entry(cost(2.5)))
  const { id } = await ledger.startLLMRequest(entry())
  await ledger.logLLMRequest(entry({ ...cost(0), cost: undefined, model: 'nobody-knows' }))
  expect(await ledger.checkBudget(budget)).toMatchObject({
    spentUsd: 3.5,
    share: 0.875,
    isOver: false,
    crossed: [0.8],
    unpricedRequests: 1,
  })
  await ledger.logLLMRequest(entry({ id, ...cost(1) }))
  expect(await ledger.checkBudget(budget)).toMatchObject({
    spentUsd: 4.5,
    remainingUsd: 0,
    isOver: true,
    crossed: [0.8, 1],
  })
  const { summary } = await ledger.getStats(scope)
  expect(summary.estimatedCost).toBe(4.5)
})

test('only requests of the period count', async () => {
  const { ledger, entry } = await openTestLedger()
  await ledger.logLLMRequest(entry({ ...cost(7), timestamp_start: '2025-01-01T00:00:00Z' }))
  const scope = { type: 'global' } as const
  expect(await ledger.checkBudget({ scope, period: 'month', limitUsd: 1 })).toMatchObject({ spentUsd: 0 })
  expect(await ledger.checkBudget({ scope, period: 'all', limitUsd: 1 })).toMatchObject({
    spentUsd: 7,
    from: null,
  })
})

test('an unknown project is told, and a check after close is refused', async () => {
  const { ledger } = await openTestLedger()
  const budget = { scope: { type: 'project', projectId: 'nobody' }, period: 'day', limitUsd: 1 } as const
  await expect(ledger.checkBudget(budget)).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' })
  await ledger.close()
  await expect(ledger.checkBudget(budget)).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
})

test('a standing budget tells each crossing by itself, once, also after a restart', async () => {
  const crossings: BudgetCrossing[] = []
  const { url, bodies } = await receiver([500, 302])
  const budgets = [
    {
      scope: { type: 'global' } as const,
      period: 'month' as const,
      limitUsd: 10,
      warnAt: [0.5],
      onCrossing: (crossing: BudgetCrossing) => crossings.push(crossing),
      webhook: url,
    },
  ]
  const { ledger, workspace, entry } = await openTestLedger({ budgets })
  await ledger.logLLMRequest(entry(cost(4)))
  await ledger.flush()
  expect(crossings).toEqual([])
  await ledger.logLLMRequest(entry(cost(2)))
  await ledger.flush()
  expect(crossings.map(({ reached, spentUsd }) => [reached, spentUsd])).toEqual([[0.5, 6]])
  // Neither 500 nor a redirect is an answer; the third try is.
  expect(bodies).toHaveLength(3)
  expect(bodies[2]).toMatchObject({ event: 'budget_crossed', reached: 0.5, spent_usd: 6, limit_usd: 10 })
  await ledger.close()

  const again = await openLedger({ workspace, systemLog: QUIET, budgets })
  onTestFinished(() => again.close())
  await again.logLLMRequest(entry(cost(1)))
  await again.flush()
  expect(crossings).toHaveLength(1)
  await again.logLLMRequest(entry(cost(5)))
  await again.flush()
  expect(crossings.map(({ reached }) => reached)).toEqual([0.5, 1])
  expect(await again.listBudgets()).toMatchObject([{ spentUsd: 12, isOver: true }])
})

test('each budget of the same scope and limit tells its own callback', async () => {
  const told = [0, 0]
  const budgets = [0, 1].map((place) => ({
    scope: { type: 'global' } as const,
    period: 'day' as const,
    limitUsd: 1,
    onCrossing: () => {
      told[place] = (told[place] ?? 0) + 1
    },
  }))
  const { ledger, entry } = await openTestLedger({ budgets })
  await ledger.logLLMRequest(entry(cost(2)))
  await ledger.flush()
  // The share of 0.8 and the limit.
  expect(told).toEqual([2, 2])
})

test('a chat without requests has spent nothing', async () => {
  const { ledger, project } = await openTestLedger()
  const scope = { type: 'chat', projectId: project.id, chatId: 'new' } as const
  expect(await ledger.checkBudget({ scope, period: 'day', limitUsd: 1 })).toMatchObject({ spentUsd: 0 })
})

// The two that wait for all pauses between the tries do it at the same time.
test.concurrent('a webhook that was away is told when the next request ends', async ({
  onTestFinished: atEnd,
  expect,
}) => {
  const { url, bodies } = await receiver([503, 503, 503, 503], atEnd)
  const scope = { type: 'global' } as const
  const budgets = [{ scope, period: 'all' as const, limitUsd: 1, warnAt: [], webhook: url }]
  const { ledger, entry } = await openTestLedger({ budgets }, atEnd)
  await ledger.logLLMRequest(entry(cost(2)))
  await vi.waitFor(() => expect(bodies).toHaveLength(4), 120_000)
  await vi.waitFor(async () => {
    await ledger.logLLMRequest(entry(cost(0)))
    expect(bodies).toHaveLength(5)
  }, 120_000)
  await ledger.flush()
  expect(bodies).toHaveLength(5)
})

test.concurrent('a callback that throws and a webhook that is away reach the system log without the address', async ({
  onTestFinished: atEnd,
  expect,
}) => {
  const budgets = [
    {
      scope: { type: 'global' } as const,
      period: 'all' as const,
      limitUsd: 1,
      onCrossing: () => {
        throw new Error('the mail server')
      },
      webhook: 'http://127.0.0.1:1/hook?key=not-to-be-logged',
    },
  ]
  const systemLog = { level: 'info', pretty: false } as const
  const { ledger, workspace, entry } = await openTestLedger({ budgets, systemLog }, atEnd)
  await ledger.logLLMRequest(entry(cost(2)))
  await ledger.flush()
  expect(await ledger.checkBudget({ scope: { type: 'global' }, period: 'all', limitUsd: 1 })).toMatchObject({
    isOver: true,
  })
  await ledger.close()
  const logs = join(workspace, 'logs')
  const text = readdirSync(logs)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => readFileSync(join(logs, name), 'utf8'))
    .join('')
  expect(text).toContain('the mail server')
  expect(text).not.toContain('not-to-be-logged')
})
