/** The price of a model that has one price at all dates, without the book's own way to it, which takes microseconds. */
import type { ModelInfo, ModelPrice } from '@pydantic/genai-prices'
import type { Buckets } from './priced-request.js'

/** USD; undefined where the book must say. */
export function plainPrice({ prices }: ModelInfo, buckets: Buckets): number | undefined {
  if (Array.isArray(prices) || prices.requests_kcount !== undefined) return undefined
  const { prompt, completion, read, write, write1h, inputAudio, outputAudio, reasoning } = buckets
  // What has no price of its own is charged as what it is a part of.
  if (inputAudio > 0 && prices.input_audio_mtok !== undefined) return undefined
  if (outputAudio > 0 && prices.output_audio_mtok !== undefined) return undefined
  if (reasoning > 0 && prices.output_reasoning_mtok !== undefined) return undefined
  const input = rateOf(prices.input_mtok, prompt)
  const output = rateOf(prices.output_mtok, prompt)
  const readRate = read === 0 ? 0 : rateOf(prices.cache_read_mtok, prompt)
  const writeRate = write === 0 ? 0 : rateOf(prices.cache_write_mtok, prompt)
  const hourRate = write1h === 0 ? 0 : rateOf(prices.cache_write_1h_mtok ?? prices.cache_write_mtok, prompt)
  if (
    input === undefined ||
    output === undefined ||
    readRate === undefined ||
    writeRate === undefined ||
    hourRate === undefined
  ) {
    return undefined
  }
  const cached = read * readRate + (write - write1h) * writeRate + write1h * hourRate
  return ((prompt - read - write) * input + cached + completion * output) / 1e6
}

/** USD a million tokens. The highest tier that the prompt exceeds prices the whole request. */
function rateOf(price: ModelPrice['input_mtok'], prompt: number): number | undefined {
  if (typeof price !== 'object') return price
  let rate = price.base
  let start = 0
  for (const tier of price.tiers) {
    if (prompt > tier.start && tier.start >= start) {
      rate = tier.price
      start = tier.start
    }
  }
  return rate
}
