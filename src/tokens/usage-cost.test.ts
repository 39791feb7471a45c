import { calcPrice } from '@pydantic/genai-prices'
import { expect, test } from 'vitest'
import { WIRE_SAMPLES } from '../../test/wire-samples/index.mjs'
import type { Usage } from '../entry/entry.js'
import { prepareEntry } from '../entry/prepare.js'
import { loadPriceBook } from '../pricing/price-book.js'
import { normaliseUsage } from './normalise.js'

const AT = '2026-01-01T00:00:00.000Z'
/** The counts that a price is computed from, by their names in the book. */
const PRICED: Readonly<Record<string, string>> = {
  input_tokens: 'prompt_tokens',
  output_tokens: 'completion_tokens',
  cache_read_tokens: 'cache_read_tokens',
  cache_write_tokens: 'cache_write_tokens',
  cache_write_1h_tokens: 'cache_write_1h_tokens',
  input_audio_tokens: 'input_audio_tokens',
  output_audio_tokens: 'output_audio_tokens',
  output_reasoning_tokens: 'reasoning_tokens',
  cache_audio_read_tokens: 'none',
  cache_audio_write_tokens: 'none',
}

function tokensOf(usage: Usage, field: string): number {
  const tokens = usage[field]
  return typeof tokens === 'number' ? tokens : 0
}

const named = WIRE_SAMPLES.map((sample) => ({ name: `${sample.provider}: ${sample.form}`, ...sample }))

test.each(named)('$name costs what the book says of the same usage', async ({ api, model, reported }) => {
  const usage = normaliseUsage(api, reported) ?? {}
  const entry = {
    project_id: 'p',
    chat_id: 'c',
    model,
    status: 'success',
    timestamp_start: AT,
    usage,
  } as const
  const { amount } = (await loadPriceBook()).price(prepareEntry(entry, Date.parse(AT), 'test'))
  const slash = model.indexOf('/')
  const expected = calcPrice(
    Object.fromEntries(Object.entries(PRICED).map(([key, field]) => [key, tokensOf(usage, field)])),
    model.slice(slash + 1),
    { timestamp: new Date(AT), ...(slash < 0 ? {} : { providerId: model.slice(0, slash) }) },
  )
  expect(expected === null).toBe(amount === null)
  expect(amount ?? 0).toBeCloseTo(expected?.total_price ?? 0, 9)
})

test('most samples have a price', async () => {
  const book = await loadPriceBook()
  const unpriced = WIRE_SAMPLES.filter(({ model }) => {
    const entry = { project_id: 'p', chat_id: 'c', model, usage: { prompt_tokens: 1 } }
    return book.price(prepareEntry(entry, Date.parse(AT), 'test')).amount === null
  })
  expect(unpriced.length).toBeLessThan(WIRE_SAMPLES.length / 4)
})
