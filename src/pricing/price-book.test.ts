import { readFileSync } from 'node:fs'
import { calcPrice, waitForUpdate } from '@pydantic/genai-prices'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadPriceBook, PRICE_BOOK } from './price-book.js'
import type { PricedRequest } from './priced-request.js'

function request(model: string, more: Partial<PricedRequest> = {}): PricedRequest {
  return {
    model,
    provider: undefined,
    responseModel: undefined,
    serviceTier: undefined,
    startMs: Date.UTC(2026, 0, 1),
    prompt: 0,
    completion: 0,
    cacheRead: 0,
    cacheWrite: 0,
    cacheWrite1h: 0,
    inputAudio: 0,
    outputAudio: 0,
    reasoning: 0,
    ...more,
  }
}

const usage = { prompt: 1_000_000, completion: 100_000 }
const M = 1_000_000

// gpt-4o: 2.50 USD a million input, 1.25 cached, 10 output. claude-sonnet-4-5: 3, 0.30 read, 3.75 and 6 written, 15.
test.each([
  ['a plain name', request('gpt-4o', usage), 3.5],
  ['a provider in front', request('openai/gpt-4o', usage), 3.5],
  ['a provider field', request('gpt-4o', { ...usage, provider: 'openai' }), 3.5],
  ['a provider the book does not know', request('gpt-4o', { ...usage, provider: 'my-gateway' }), 3.5],
  ['cached input is billed once, at its own rate', request('gpt-4o', { ...usage, cacheRead: 400_000 }), 3],
  [
    'a deployment of another name, by the model that answered',
    request('my-deployment', { ...usage, responseModel: 'gpt-4o' }),
    3.5,
  ],
  ['more cached than sent is no reason to fail', request('gpt-4o', { ...usage, cacheRead: 9 * M }), 2.25],
  [
    'cache writes of 5 minutes and of an hour',
    request('claude-3-5-haiku-latest', { prompt: 3 * M, cacheWrite: 2 * M, cacheWrite1h: M }),
    0.8 + 1 + 1.6,
  ],
  [
    'a count of hours alone is all of the writes',
    request('claude-3-5-haiku-latest', { prompt: 2 * M, cacheWrite1h: M }),
    0.8 + 1.6,
  ],
  [
    'cached tokens beside audio are text',
    request('gemini-2.5-flash', {
      prompt: 100_000,
      cacheRead: 50_000,
      inputAudio: 50_000,
      provider: 'google',
    }),
    (50_000 * 0.03 + 50_000 * 1) / M,
  ],
  [
    'audio that does not fit beside the cached tokens is cut',
    request('gemini-2.5-flash', {
      prompt: 100_000,
      cacheRead: 90_000,
      inputAudio: 50_000,
      provider: 'google',
    }),
    (90_000 * 0.03 + 10_000 * 1) / M,
  ],
  [
    'a batch without rates of its own costs as any request',
    request('gpt-4o', { ...usage, serviceTier: 'batch' }),
    3.5,
  ],
])('%s', async (_, priced, amount) => {
  const book = await loadPriceBook()
  const cost = book.price(priced)
  expect(cost).toMatchObject({ source: 'price_book', book_date: PRICE_BOOK.date })
  expect(cost.amount).toBeCloseTo(amount, 12)
})

test('a batch is charged by the route that the book has for batches', async () => {
  const book = await loadPriceBook()
  const route = { ...usage, provider: 'openrouter' }
  const standard = book.price(request('openai/gpt-6-luna', route)).amount ?? Number.NaN
  for (const serviceTier of ['batch', 'flex']) {
    expect(book.price(request('openai/gpt-6-luna', { ...route, serviceTier })).amount).toBeCloseTo(
      standard / 2,
      9,
    )
  }
})

test('of priority the book knows no price', async () => {
  const book = await loadPriceBook()
  const priced = request('gpt-4o', { ...usage, serviceTier: 'priority' })
  expect(book.price(priced)).toEqual({ amount: null, source: 'none' })
})

test.each([
  ['a model without a known price', request('my-own-model', usage)],
  [
    'tokens of a model that is sold by the second',
    request('whisper-large-v3', { ...usage, provider: 'groq' }),
  ],
])('%s is unpriced, never 0', async (_, priced) => {
  expect((await loadPriceBook()).price(priced)).toEqual({ amount: null, source: 'none' })
})

test('a name that holds a line end is no other request that was remembered', async () => {
  const book = await loadPriceBook()
  const [provider, responseModel] = ['p', 'gpt-4o']
  for (const model of ['x\n1 pgpt-4o', '\n1 1 xpgpt-4o'])
    expect(book.price(request(model, usage)).amount).toBeNull()
  expect(book.price(request('x', { ...usage, provider, responseModel })).amount).toBe(3.5)
})

test('the date is that of the installed book', () => {
  const manifest = new URL('../../node_modules/@pydantic/genai-prices/package.json', import.meta.url)
  expect(JSON.parse(readFileSync(manifest, 'utf8')).version).toBe(PRICE_BOOK.version)
})

const share = fc.double({ min: 0, max: 1, noNaN: true })
const prompts = fc.oneof(
  fc.nat(2_000_000),
  fc.constantFrom(0, 1, 199_999, 200_000, 200_001, 272_000, 272_001),
)

/** Parts that fit into their wholes, in our names and in those of the book. */
const usages = fc
  .record({
    prompt: prompts,
    completion: fc.nat(100_000),
    parts: fc.tuple(share, share, share, share, share, share),
  })
  .map(({ prompt, completion, parts: [a, b, c, d, e, f] }) => {
    const cacheRead = Math.floor(prompt * a * 0.5)
    const cacheWrite = Math.floor(prompt * b * 0.3)
    const cacheWrite1h = Math.floor(cacheWrite * c)
    const inputAudio = d < 0.5 ? 0 : Math.floor((prompt - cacheRead - cacheWrite) * d)
    const outputAudio = e < 0.5 ? 0 : Math.floor(completion * e)
    const reasoning = Math.floor((completion - outputAudio) * f)
    return {
      ours: { prompt, completion, cacheRead, cacheWrite, cacheWrite1h, inputAudio, outputAudio, reasoning },
      books: {
        input_tokens: prompt,
        output_tokens: completion,
        cache_read_tokens: cacheRead,
        cache_write_tokens: cacheWrite,
        cache_write_1h_tokens: cacheWrite1h,
        input_audio_tokens: inputAudio,
        cache_audio_read_tokens: 0,
        cache_audio_write_tokens: 0,
        output_audio_tokens: outputAudio,
        output_reasoning_tokens: reasoning,
      },
    }
  })
const starts = fc.integer({ min: Date.UTC(2023, 0), max: Date.UTC(2027, 0) })

test('every model of the book costs what the book itself says, at any date, size and mix of tokens', async () => {
  const book = await loadPriceBook()
  const providers = (await waitForUpdate()) ?? []
  const names = providers.flatMap(({ id: provider, models }) =>
    models.map(({ id: model }) => ({ model, provider })),
  )
  expect(names.length).toBeGreaterThan(500)
  let compared = 0
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      usages,
      starts,
      ({ model, provider }, { ours, books }, startMs) => {
        const expected = calcPrice(books, model, { providerId: provider, timestamp: new Date(startMs) })
        const {
          input_mtok: input,
          output_mtok: output,
          requests_kcount: requests,
        } = expected?.model_price ?? {}
        // Sold by the page or the second.
        if (expected === null || (input === undefined && output === undefined && requests === undefined))
          return
        compared += 1
        const { amount } = book.price(request(model, { ...ours, provider, startMs }))
        expect(Math.abs((amount ?? Number.NaN) - expected.total_price)).toBeLessThan(1e-9)
      },
    ),
    { numRuns: 5_000 },
  )
  expect(compared).toBeGreaterThan(4_000)
})
