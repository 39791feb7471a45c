/** Model name and usage to USD, from the bundled price book. */
import type { ModelInfo, ModelPrice, Provider } from '@pydantic/genai-prices'
import type { Cost } from '../entry/entry.js'

/** Version and release date (UTC) of the @pydantic/genai-prices whose data this is; held by a test. */
export const PRICE_BOOK = { version: '0.1.8', date: '2026-09-23' } as const

type GenaiPrices = typeof import('@pydantic/genai-prices')

/** What a price is computed from. */
export interface PricedRequest {
  readonly model: string
  readonly provider: string | undefined
  /** The model that answered. */
  readonly responseModel: string | undefined
  /** Epoch ms. */
  readonly startMs: number
  /** Tokens. */
  readonly prompt: number
  readonly completion: number
  /** Parts of the prompt. */
  readonly cacheRead: number
  readonly cacheWrite: number
}

export interface PriceBook {
  /**
   * What the request cost in USD. The provider's prefix of a name such as `openai/gpt-4o` names the provider. A model
   * without a known price gives amount null and source none, never 0.
   */
  price(request: PricedRequest): Cost
}

let book: Promise<PriceBook> | undefined

/** The book is loaded at the first call (about 25 ms) and kept. */
export function loadPriceBook(): Promise<PriceBook> {
  book ??= import('@pydantic/genai-prices').then((prices) => {
    const shelf = new Shelf(prices)
    return { price: (request) => priceOf(prices, shelf, request) }
  })
  return book
}

const UNPRICED: Cost = Object.freeze({ amount: null, source: 'none' })

function priceOf(prices: GenaiPrices, shelf: Shelf, request: PricedRequest): Cost {
  const { prompt, completion, cacheRead, cacheWrite } = request
  // The book refuses parts that exceed the whole.
  const read = Math.min(cacheRead, prompt)
  const write = Math.min(cacheWrite, prompt - read)
  for (const place of shelf.places(request)) {
    try {
      const amount =
        plainPrice(place.model, prompt, completion, read, write) ??
        prices.calcPrice(
          {
            input_tokens: prompt,
            output_tokens: completion,
            cache_read_tokens: read,
            cache_write_tokens: write,
          },
          place.name,
          { provider: place.provider, timestamp: new Date(request.startMs) },
        )?.total_price
      if (amount !== undefined) {
        return { amount: roundUsd(amount), source: 'price_book', book_date: PRICE_BOOK.date }
      }
    } catch {
      // A usage the book cannot price is unpriced, which is counted; it is no reason to lose the line.
    }
  }
  return UNPRICED
}

/** USD where the model has one price at all dates; undefined where the book must say. */
function plainPrice(
  { prices }: ModelInfo,
  prompt: number,
  completion: number,
  read: number,
  write: number,
): number | undefined {
  if (Array.isArray(prices) || prices.requests_kcount !== undefined) return undefined
  const input = rateOf(prices.input_mtok, prompt)
  const output = rateOf(prices.output_mtok, prompt)
  const readRate = read === 0 ? 0 : rateOf(prices.cache_read_mtok, prompt)
  const writeRate = write === 0 ? 0 : rateOf(prices.cache_write_mtok, prompt)
  if (input === undefined || output === undefined || readRate === undefined || writeRate === undefined) {
    return undefined
  }
  return ((prompt - read - write) * input + read * readRate + write * writeRate + completion * output) / 1e6
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

/** The JSON of a cost that the book gave. */
export function costText({ amount, source, book_date: date }: Cost): string {
  const dated = date === undefined ? '' : `,"book_date":"${date}"`
  return `{"amount":${amount},"source":"${source}"${dated}}`
}

/** Names remembered at once. */
const MAX_NAMES = 1_000

/** Where a name stands in the book. */
interface Place {
  readonly name: string
  /** The provider with this one model: matching a name against all of them costs most of a look-up. */
  readonly provider: Provider
  readonly model: ModelInfo
}

/** The places of the names that were looked up: there are few, and each is found once. */
class Shelf {
  readonly #prices: GenaiPrices
  readonly #found = new Map<string, readonly Place[]>()

  constructor(prices: GenaiPrices) {
    this.#prices = prices
  }

  /** The most certain first. */
  places({ model, provider = '', responseModel = '' }: PricedRequest): readonly Place[] {
    // A model's name holds no line end.
    const key =
      provider === '' && responseModel === ''
        ? model
        : `${model}\n${provider.length} ${provider}${responseModel}`
    let places = this.#found.get(key)
    if (places === undefined) {
      places = candidates(model, provider, responseModel).flatMap((name) => this.#find(name))
      if (this.#found.size >= MAX_NAMES) this.#found.clear()
      this.#found.set(key, places)
    }
    return places
  }

  #find({ name, providerId }: Candidate): Place[] {
    const match = this.#prices.calcPrice(
      { input_tokens: 0 },
      name,
      providerId === undefined ? {} : { providerId },
    )
    if (match === null) return []
    const { model, provider } = match
    return [{ name, model, provider: { ...provider, models: [model] } }]
  }
}

interface Candidate {
  readonly name: string
  readonly providerId?: string
}

/** The names to look up; an empty text was not given. */
function candidates(model: string, provider: string, answered: string): Candidate[] {
  const slash = model.indexOf('/')
  const names: Candidate[] =
    slash < 0 ? [] : [{ name: model.slice(slash + 1), providerId: model.slice(0, slash) }]
  if (provider !== '') names.unshift({ name: model, providerId: provider })
  // A deployment may have any name; the answer says which model it was.
  return [...names, { name: model }, ...(answered === '' ? [] : [{ name: answered }])]
}

/** To 1e-12 USD: below every price of a token, above the noise of the float. */
function roundUsd(amount: number): number {
  return Math.round(amount * 1e12) / 1e12
}
