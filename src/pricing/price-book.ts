/** Model name and usage to USD, from the bundled price book. */
import { createRequire } from 'node:module'
import type { ModelPrice } from '@pydantic/genai-prices'
import type { Cost } from '../entry/entry.js'
import { FileSystemError } from '../errors.js'
import { plainPrice } from './plain-price.js'
import { type Buckets, bucketsOf, isPriority, type PricedRequest, roundUsd } from './priced-request.js'
import { type GenaiPrices, type Place, Shelf } from './shelf.js'

/** Version and release date (UTC) of the @pydantic/genai-prices whose data this is; held by a test. */
export const PRICE_BOOK = { version: '0.1.8', date: '2026-09-23' } as const

export interface PriceBook {
  /**
   * What the request cost in USD. A model without a known price gives amount null and source none, never 0. A batch is
   * charged by the prices that the book has for batches, else as any request; for priority the book has no prices.
   */
  price(request: PricedRequest): Cost
  /** The names of all models that have a price, in the order of the book. */
  modelNames(): Promise<readonly string[]>
}

let book: Promise<PriceBook> | undefined

const require = createRequire(import.meta.url)
/** Found now: a process that has no descriptor left when it looks for a package is told for good that there is none. */
const PRICES = require.resolve('@pydantic/genai-prices')

/**
 * The book is loaded at the first call (about 25 ms) and kept; one that could not be read is tried again. Rejects with
 * FileSystemError LOG_READ_ERROR.
 */
export function loadPriceBook(): Promise<PriceBook> {
  book ??= openBook().catch((cause: unknown) => {
    book = undefined
    throw new FileSystemError('LOG_READ_ERROR', 'the price book could not be read', {
      operation: 'loadPrices',
      path: PRICES,
      cause,
    })
  })
  return book
}

async function openBook(): Promise<PriceBook> {
  // Not by import(), which remembers a failure.
  const prices: GenaiPrices = require(PRICES)
  const shelf = new Shelf(prices)
  return {
    price: (request) => priceOf(prices, shelf, request),
    modelNames: async () => {
      const providers = (await prices.waitForUpdate()) ?? []
      return [...new Set(providers.flatMap(({ models }) => models.map(({ id }) => id)))]
    },
  }
}

const UNPRICED: Cost = Object.freeze({ amount: null, source: 'none' })

function priceOf(prices: GenaiPrices, shelf: Shelf, request: PricedRequest): Cost {
  if (isPriority(request)) return UNPRICED
  const buckets = bucketsOf(request)
  for (const place of shelf.places(request)) {
    try {
      const amount = plainPrice(place.model, buckets) ?? bookPrice(prices, place, buckets, request.startMs)
      if (amount !== undefined) {
        return { amount: roundUsd(amount), source: 'price_book', book_date: PRICE_BOOK.date }
      }
    } catch {
      // A usage the book cannot price is unpriced, which is counted; it is no reason to lose the line.
    }
  }
  return UNPRICED
}

function bookPrice(
  prices: GenaiPrices,
  { name, provider }: Place,
  buckets: Buckets,
  startMs: number,
): number | undefined {
  const usage = {
    input_tokens: buckets.prompt,
    output_tokens: buckets.completion,
    cache_read_tokens: buckets.read,
    cache_write_tokens: buckets.write,
    cache_write_1h_tokens: buckets.write1h,
    input_audio_tokens: buckets.inputAudio,
    // The buckets are disjoint; without these numbers the book refuses cached tokens beside audio.
    cache_audio_read_tokens: 0,
    cache_audio_write_tokens: 0,
    output_audio_tokens: buckets.outputAudio,
    output_reasoning_tokens: buckets.reasoning,
  }
  const price = prices.calcPrice(usage, name, { provider, timestamp: new Date(startMs) })
  if (price === null) return undefined
  const isKnown = isOfTokens(price.model_price) || buckets.prompt + buckets.completion === 0
  return isKnown ? price.total_price : undefined
}

/** What is sold by the second or the page would be free by its tokens. */
function isOfTokens(price: ModelPrice): boolean {
  return (
    price.input_mtok !== undefined || price.output_mtok !== undefined || price.requests_kcount !== undefined
  )
}

/** The JSON of a cost that was computed here. */
export function costText({ amount, source, book_date: date }: Cost): string {
  const dated = date === undefined ? '' : `,"book_date":"${date}"`
  return `{"amount":${amount},"source":"${source}"${dated}}`
}
