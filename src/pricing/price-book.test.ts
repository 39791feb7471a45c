import { readFileSync } from 'node:fs'
import { calcPrice } from '@pydantic/genai-prices'
import { expect, test } from 'vitest'
import type { Usage } from '../entry/entry.js'
import { loadPriceBook, PRICE_BOOK, type PricedRequest } from './price-book.js'

function request(model: string, usage: Usage, more: Partial<PricedRequest> = {}): PricedRequest {
  return {
    model,
    provider: undefined,
    responseModel: undefined,
    startMs: Date.UTC(2026, 0, 1),
    prompt: usage.prompt_tokens ?? 0,
    completion: usage.completion_tokens ?? 0,
    cacheRead: usage.cache_read_tokens ?? 0,
    cacheWrite: usage.cache_write_tokens ?? 0,
    ...more,
  }
}

const usage = { prompt_tokens: 1_000_000, completion_tokens: 100_000 }

// gpt-4o: 2.50 USD a million input, 1.25 cached, 10 output.
test.each([
  ['a plain name', request('gpt-4o', usage), 3.5],
  ['a provider in front', request('openai/gpt-4o', usage), 3.5],
  ['a provider field', request('gpt-4o', usage, { provider: 'openai' }), 3.5],
  ['a provider the book does not know', request('gpt-4o', usage, { provider: 'my-gateway' }), 3.5],
  [
    'cached input is billed once, at its own rate',
    request('gpt-4o', { ...usage, cache_read_tokens: 400_000 }),
    3,
  ],
  [
    'a deployment of another name, by the model that answered',
    request('my-deployment', usage, { responseModel: 'gpt-4o' }),
    3.5,
  ],
  [
    'more cached than sent is no reason to fail',
    request('gpt-4o', { ...usage, cache_read_tokens: 9_000_000 }),
    2.25,
  ],
])('%s', async (_, priced, amount) => {
  const book = await loadPriceBook()
  expect(book.price(priced)).toEqual({ amount, source: 'price_book', book_date: PRICE_BOOK.date })
})

test('a model without a known price is unpriced, never 0', async () => {
  const book = await loadPriceBook()
  expect(book.price(request('my-own-model', usage))).toEqual({ amount: null, source: 'none' })
})

test('the date is that of the installed book', () => {
  const manifest = new URL('../../node_modules/@pydantic/genai-prices/package.json', import.meta.url)
  expect(JSON.parse(readFileSync(manifest, 'utf8')).version).toBe(PRICE_BOOK.version)
})

test.each([
  'gpt-4o',
  'gpt-4o-mini',
  'gpt-4.1',
  'o3',
  'claude-sonnet-4-20250514',
  'gemini-2.5-pro',
  'deepseek-chat',
  'mistral-large-latest',
])('%s costs what the book itself says, the first time and later, at any date and size', async (model) => {
  const book = await loadPriceBook()
  for (const timestamp of ['2024-01-01T00:00:00.000Z', '2026-09-01T17:00:00.000Z']) {
    for (const prompt of [1_000, 1_000, 199_999, 200_000, 200_001, 272_000, 272_001, 500_000]) {
      const counted = { prompt_tokens: prompt, completion_tokens: 700, cache_read_tokens: 300 }
      const expected = calcPrice(
        { input_tokens: prompt, output_tokens: 700, cache_read_tokens: 300 },
        model,
        { timestamp: new Date(timestamp) },
      )
      const { amount } = book.price(request(model, counted, { startMs: Date.parse(timestamp) }))
      expect(expected).not.toBeNull()
      expect(amount).toBeCloseTo(expected?.total_price ?? Number.NaN, 11)
    }
  }
})
