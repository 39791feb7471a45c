/** What requests cost: by the user's own rules first, then by the price book. */
import type { Cost } from '../entry/entry.js'
import { loadPriceBook } from './price-book.js'
import type { PricedRequest } from './priced-request.js'
import type { RuleBook } from './rules/rule-book.js'

export interface Prices {
  /** As PriceBook.price says; the source is `override` where a rule was found. */
  price(request: PricedRequest): Cost
}

/** The book is loaded at the first call. */
export async function loadPrices(rules: RuleBook | undefined): Promise<Prices> {
  const book = await loadPriceBook()
  if (rules === undefined) return book
  return { price: (request) => rules.price(request) ?? book.price(request) }
}
