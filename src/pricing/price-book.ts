/** Model name and usage to USD, from the bundled price book. */
import type { Provider } from '@pydantic/genai-prices'
import type { Cost, LoggedEntry } from '../entry/entry.js'

/** Version and release date (UTC) of the @pydantic/genai-prices whose data this is; held by a test. */
export const PRICE_BOOK = { version: '0.1.8', date: '2026-09-23' } as const

type GenaiPrices = typeof import('@pydantic/genai-prices')

export interface PriceBook {
  /**
   * What the entry cost in USD. The provider's prefix of a name such as `openai/gpt-4o` names the provider. A model
   * without a known price gives amount null and source none, never 0.
   */
  price(entry: LoggedEntry): Cost
}

let book: Promise<PriceBook> | undefined

/** The book is loaded at the first call (about 25 ms) and kept. */
export function loadPriceBook(): Promise<PriceBook> {
  book ??= import('@pydantic/genai-prices').then((prices) => {
    const shelf = new Shelf(prices)
    return { price: (entry) => priceOf(prices, shelf, entry) }
  })
  return book
}

const UNPRICED: Cost = { amount: null, source: 'none' }

function priceOf(prices: GenaiPrices, shelf: Shelf, entry: LoggedEntry): Cost {
  const usage = entry.usage ?? {}
  const input = usage.prompt_tokens ?? 0
  // The book refuses parts that exceed the whole.
  const read = Math.min(usage.cache_read_tokens ?? 0, input)
  const counts = {
    input_tokens: input,
    output_tokens: usage.completion_tokens ?? 0,
    cache_read_tokens: read,
    cache_write_tokens: Math.min(usage.cache_write_tokens ?? 0, input - read),
  }
  const timestamp = new Date(entry.timestamp_start)
  for (const { model, providerId } of candidates(entry)) {
    try {
      const provider = shelf.find(model, providerId)
      const found = provider && prices.calcPrice(counts, model, { provider, timestamp })
      if (found)
        return { amount: roundUsd(found.total_price), source: 'price_book', book_date: PRICE_BOOK.date }
    } catch {
      // A usage the book cannot price is unpriced, which is counted; it is no reason to lose the line.
    }
  }
  return { ...UNPRICED }
}

/** Names remembered at once. */
const MAX_NAMES = 1_000

/** Where a name stands in the book: matching it against all models costs most of a look-up, so it is done once. */
class Shelf {
  readonly #prices: GenaiPrices
  readonly #found = new Map<string, Provider | null>()

  constructor(prices: GenaiPrices) {
    this.#prices = prices
  }

  /** The provider with this one model, null when the book does not know the name. */
  find(model: string, providerId: string | undefined): Provider | null {
    const name = `${providerId ?? ''} ${model}`
    const known = this.#found.get(name)
    if (known !== undefined) return known
    const match = this.#prices.calcPrice(
      { input_tokens: 0 },
      model,
      providerId === undefined ? {} : { providerId },
    )
    const provider = match && { ...match.provider, models: [match.model] }
    if (this.#found.size >= MAX_NAMES) this.#found.clear()
    this.#found.set(name, provider)
    return provider
  }
}

/** The names to look up, the most certain first. */
function candidates(entry: LoggedEntry): { model: string; providerId?: string }[] {
  const { model, provider, response_model: answered } = entry
  const slash = model.indexOf('/')
  const names = slash < 0 ? [] : [{ model: model.slice(slash + 1), providerId: model.slice(0, slash) }]
  if (provider !== undefined) names.unshift({ model, providerId: provider })
  // A deployment may have any name; the answer says which model it was.
  return [...names, { model }, ...(answered === undefined ? [] : [{ model: answered }])]
}

/** To 1e-12 USD: below every price of a token, above the noise of the float. */
function roundUsd(amount: number): number {
  return Math.round(amount * 1e12) / 1e12
}
