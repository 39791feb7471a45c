/** Where the cost of a request comes from, and what it would be today. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { type LedgerOptions, openLedger, type PriceRule } from '../../src/index.js'
import { openTestLedger, QUIET } from '../fixtures/open-test-ledger.js'
import { tempFolder } from '../fixtures/temp-folder.js'

const usage = { prompt_tokens: 1_000_000, completion_tokens: 100_000 }
const acme: PriceRule = { match: 'acme-1', input: 2, output: 10, batch: { input: 1, output: 5 } }

afterEach(() => {
  delete process.env.LEDGERLINE_PRICES
})

async function costOf(options: LedgerOptions, entry: Record<string, unknown>): Promise<unknown> {
  const { ledger, entry: filled, lines } = await openTestLedger(options)
  await ledger.logLLMRequest(filled({ status: 'success', usage, ...entry }))
  return lines().at(-1)?.cost
}

/** A folder with the rules in a file of the name. */
function withFile(name: string, rules: unknown): string {
  const folder = tempFolder()
  writeFileSync(join(folder, name), JSON.stringify({ rules }))
  return folder
}

const priced = { amount: 3, source: 'override' }

describe('rules come from', () => {
  test('the option', async () => {
    expect(await costOf({ prices: { rules: [acme] } }, { model: 'acme-1' })).toEqual(priced)
  })

  test('the file that the option names', async () => {
    const prices = join(withFile('own.json', [acme]), 'own.json')
    expect(await costOf({ prices }, { model: 'acme-1' })).toEqual(priced)
  })

  test('the file that the environment names', async () => {
    process.env.LEDGERLINE_PRICES = join(withFile('own.json', [acme]), 'own.json')
    expect(await costOf({}, { model: 'acme-1' })).toEqual(priced)
  })

  test('prices.json in the workspace', async () => {
    expect(await costOf({ workspace: withFile('prices.json', [acme]) }, { model: 'acme-1' })).toEqual(priced)
  })

  test('the option before the environment before the workspace', async () => {
    const free: PriceRule = { match: 'acme-1', input: 0, output: 0 }
    const workspace = withFile('prices.json', [free])
    process.env.LEDGERLINE_PRICES = join(withFile('own.json', [acme]), 'own.json')
    expect(await costOf({ workspace }, { model: 'acme-1' })).toEqual(priced)
    expect(await costOf({ workspace, prices: { rules: [free] } }, { model: 'acme-1' })).toMatchObject({
      amount: 0,
    })
  })
})

describe('a cost', () => {
  const prices = { rules: [acme, { match: 'gpt-4o', input: 1, output: 1 }] }

  test.each<[string, Record<string, unknown>, unknown]>([
    ['of a rule wins over the book', { model: 'gpt-4o' }, { amount: 1.1, source: 'override' }],
    [
      'of the book where no rule is',
      { model: 'gpt-4o-mini' },
      expect.objectContaining({ source: 'price_book' }),
    ],
    ['of nobody', { model: 'acme-2' }, { amount: null, source: 'none' }],
    [
      'that the provider reported wins over both',
      { model: 'gpt-4o', cost: { amount: 7, source: 'provider' } },
      { amount: 7, source: 'provider' },
    ],
    [
      'of a batch',
      { model: 'acme-1', params: { service_tier: 'batch' } },
      { amount: 1.5, source: 'override' },
    ],
    [
      'of priority, which neither a rule nor the book knows',
      { model: 'acme-1', params: { service_tier: 'priority' } },
      { amount: null, source: 'none' },
    ],
    ['of params that are no object', { model: 'acme-1', params: 'batch' }, priced],
  ])('%s', async (_, entry, cost) => {
    expect(await costOf({ prices }, entry)).toEqual(cost)
  })

  test('of params that throw is that of any request', async () => {
    const params = Object.defineProperty({}, 'service_tier', {
      enumerable: true,
      get: () => {
        throw new Error('no')
      },
    })
    expect(await costOf({ prices }, { model: 'acme-1', params })).toEqual(priced)
  })

  test('counts audio, writes of an hour and a rule by their names in the file', async () => {
    const rule: PriceRule = {
      match: 'a',
      input: 1,
      output: 1,
      input_audio: 10,
      output_audio: 20,
      cache_write_1h: 5,
    }
    const counts = {
      input_audio_tokens: 100_000,
      cache_write_1h_tokens: 200_000,
      output_audio_tokens: 50_000,
    }
    const entry = { model: 'a', usage: { ...usage, cache_write_tokens: 200_000, ...counts } }
    expect(await costOf({ prices: { rules: [rule] } }, entry)).toEqual({
      amount: 0.7 + 1 + 1 + 0.05 + 1,
      source: 'override',
    })
  })
})

describe('is refused before any file is made:', () => {
  test.each<[string, () => LedgerOptions, RegExp]>([
    [
      'a wrong rule',
      () => ({ prices: { rules: [{ ...acme, input: -1 }] } }),
      /^prices: rules\[0\]\.input: .*"acme-1"/,
    ],
    [
      'a wrong rule in a file',
      () => ({ prices: join(withFile('p.json', [{ ...acme, out: 1 }]), 'p.json') }),
      /p\.json: rules\[0\]/,
    ],
    ['a file that is not there', () => ({ prices: '/nowhere/prices.json' }), /nowhere.*could not be read/],
    ['a file that is a folder', () => ({ prices: tempFolder() }), /no regular file/],
    ['an option that is neither', () => ({ prices: 5 }) as never, /^prices: is neither/],
  ])('%s', async (_, options, message) => {
    const workspace = join(tempFolder(), 'workspace')
    const code = message.source.includes('neither') ? 'INVALID_OPTION' : 'PRICES_INVALID'
    const opening = openLedger({ ...options(), workspace, systemLog: QUIET })
    await expect(opening).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
    expect(existsSync(workspace)).toBe(false)
  })

  test.each([
    ['no JSON', '{"rules": [', /is no JSON/],
    ['no UTF-8', Buffer.from([0x7b, 0xff]), /could not be read/],
    ['no rules', 'null', /is not \{"rules"/],
  ])('prices.json that holds %s', async (_, content, message) => {
    const workspace = tempFolder()
    mkdirSync(workspace, { recursive: true })
    writeFileSync(join(workspace, 'prices.json'), content)
    await expect(openLedger({ workspace, systemLog: QUIET })).rejects.toMatchObject({
      code: 'PRICES_INVALID',
      message: expect.stringMatching(message),
    })
    expect(existsSync(join(workspace, 'logs'))).toBe(false)
  })
})

describe('repriced', () => {
  test('costs are those of today, but for what the provider charged and what has no usage', async () => {
    const workspace = tempFolder()
    const before = await openTestLedger({ workspace })
    const { ledger, entry, project } = before
    const start = { timestamp_start: '2026-05-01T00:00:00.000Z', status: 'success', usage }
    await ledger.logLLMRequest(entry({ ...start, model: 'acme-1' }))
    await ledger.logLLMRequest(entry({ ...start, model: 'acme-1', cost: { amount: 7, source: 'provider' } }))
    await ledger.logLLMRequest(entry({ ...start, model: 'acme-1', cost: { amount: 9, source: 'override' } }))
    await ledger.logLLMRequest(entry({ ...start, model: 'acme-1', params: { service_tier: 'flex' } }))
    await ledger.logLLMRequest(entry({ model: 'acme-1', status: 'success' }))
    await ledger.logLLMRequest(entry({ ...start, model: 'acme-2' }))
    await ledger.close()

    const later: PriceRule = { ...acme, start: '2026-06-01', input: 200, output: 200 }
    const again = await openLedger({ workspace, systemLog: QUIET, prices: { rules: [acme, later] } })
    try {
      for (const scope of [
        { type: 'global' },
        { type: 'project', projectId: project.id },
        { type: 'chat', projectId: project.id, chatId: 'chat-1' },
      ] as const) {
        const charged = await again.getStats(scope, { groupBy: 'model' })
        const today = await again.getStats(scope, { groupBy: 'model', repriced: true })
        expect(charged.summary).toMatchObject({ estimatedCost: 16, unpricedRequests: 3 })
        expect(today.summary).toMatchObject({ estimatedCost: 7 + 3 + 3 + 1.5, unpricedRequests: 1 })
        expect(today.models['acme-1']).toMatchObject({ cost: 14.5, unpricedRequests: 0, requests: 5 })
        expect(today.breakdown).toMatchObject([
          { model: 'acme-1', estimatedCost: 14.5 },
          { model: 'acme-2', estimatedCost: 0, unpricedRequests: 1 },
        ])
        const { estimatedCost: _, unpricedRequests: __, ...others } = charged.summary
        expect(today.summary).toMatchObject(others)
        expect(await again.getStats(scope, { repriced: false })).toEqual(await again.getStats(scope))
      }
    } finally {
      await again.close()
    }
  })

  test('is true or false', async () => {
    const { ledger } = await openTestLedger()
    const asked = ledger.getStats({ type: 'global' }, { repriced: 'yes' } as never)
    await expect(asked).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })

  test('an empty ledger has no costs', async () => {
    const { ledger } = await openTestLedger()
    const { summary } = await ledger.getStats({ type: 'global' }, { repriced: true })
    expect(summary).toMatchObject({ totalRequests: 0, estimatedCost: 0 })
  })
})
