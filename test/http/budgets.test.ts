import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createServer } from '../../src/http/server.js'
import { openLedger } from '../../src/index.js'
import { QUIET } from '../fixtures/open-test-ledger.js'
import { testServer } from './test-server.js'

test('a server without budgets has an empty list', async () => {
  await using server = await testServer()
  expect(await server.call('GET /api/budgets')).toMatchObject({ status: 200, json: { budgets: [] } })
})

test('each standing budget with its state, and without its webhook', async () => {
  const workspace = await mkdtemp(join(tmpdir(), 'ledgerline-budgets-'))
  const webhook = 'https://hooks.example/secret-path'
  const ledger = await openLedger({
    workspace,
    systemLog: QUIET,
    budgets: [{ scope: { type: 'global' }, period: 'all', limitUsd: 4, webhook }],
  })
  const app = await createServer({ ledger })
  onTestFinished(async () => {
    await app.close()
    await ledger.close()
    await rm(workspace, { recursive: true, force: true })
  })
  const answer = await app.inject({ url: '/api/budgets', headers: { host: 'localhost' } })
  expect(answer.body).not.toContain('secret-path')
  expect(answer.json()).toEqual({
    budgets: [
      {
        scope: { type: 'global' },
        period: 'all',
        from: null,
        to: null,
        limit_usd: 4,
        spent_usd: 0,
        remaining_usd: 4,
        share: 0,
        is_over: false,
        crossed: [],
        unpriced_requests: 0,
      },
    ],
  })
})
