/** Rates of a rule, complete, and what a request costs by them. */
import { type Buckets, roundUsd } from '../priced-request.js'
import type { PriceRates, TieredRates } from './rule.js'

/** USD a million tokens, `perRequest` USD. */
interface Rates {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly cacheWrite1h: number
  readonly inputAudio: number
  readonly outputAudio: number
  readonly perRequest: number
}

export interface RateTable {
  readonly base: Rates
  /** The highest first. */
  readonly tiers: readonly { readonly above: number; readonly rates: Rates }[]
}

export function rateTable(rates: TieredRates): RateTable {
  const tiers = (rates.tiers ?? []).map(({ above, ...own }) => ({
    above,
    rates: complete({ ...rates, ...own }),
  }))
  return { base: complete(rates), tiers: tiers.sort((a, b) => b.above - a.above) }
}

function complete(rates: PriceRates): Rates {
  const { input, output, cache_read = input, cache_write = input, per_request = 0 } = rates
  const { cache_write_1h = cache_write, input_audio = input, output_audio = output } = rates
  return {
    input,
    output,
    cacheRead: cache_read,
    cacheWrite: cache_write,
    cacheWrite1h: cache_write_1h,
    inputAudio: input_audio,
    outputAudio: output_audio,
    perRequest: per_request,
  }
}

/** USD. The highest tier that the prompt exceeds prices the whole request. */
export function amountBy({ base, tiers }: RateTable, buckets: Buckets): number {
  const { prompt, completion, read, write, write1h, inputAudio, outputAudio } = buckets
  const rates = tiers.find(({ above }) => prompt > above)?.rates ?? base
  const tokens =
    (prompt - read - write - inputAudio) * rates.input +
    read * rates.cacheRead +
    (write - write1h) * rates.cacheWrite +
    write1h * rates.cacheWrite1h +
    inputAudio * rates.inputAudio +
    (completion - outputAudio) * rates.output +
    outputAudio * rates.outputAudio
  return roundUsd(tokens / 1e6 + rates.perRequest)
}
