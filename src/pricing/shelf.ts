/** Where the models of requests stand in the price book. */
import type { ModelInfo, Provider } from '@pydantic/genai-prices'
import { FoundByName, type Name, namesOf } from './names.js'
import { isBatch, type PricedRequest } from './priced-request.js'

export type GenaiPrices = typeof import('@pydantic/genai-prices')

export interface Place {
  readonly name: string
  /** The provider with this one model: matching a name against all of them costs most of a look-up. */
  readonly provider: Provider
  readonly model: ModelInfo
}

/** How the book names what a route for batches charges. */
const BATCH = ':batch'

export class Shelf {
  readonly #prices: GenaiPrices
  readonly #standard = new FoundByName((named) => namesOf(named).flatMap((name) => this.#find(name)))
  readonly #batch = new FoundByName((named) => [
    ...namesOf(named)
      .flatMap(({ name, ...of }) => this.#find({ name: name + BATCH, ...of }))
      .filter(({ model }) => model.id.endsWith(BATCH)),
    ...this.#standard.of(named),
  ])

  constructor(prices: GenaiPrices) {
    this.#prices = prices
  }

  /** The most certain first; of a batch those that have prices for batches before the others. */
  places(request: PricedRequest): readonly Place[] {
    return (isBatch(request) ? this.#batch : this.#standard).of(request)
  }

  #find({ name, providerId }: Name): Place[] {
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
