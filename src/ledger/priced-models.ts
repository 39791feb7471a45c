/** The names under which the price book knows models. */

import { loadPriceBook } from '../pricing/price-book.js'
import { nearestNames } from '../stats/nearest-names.js'

/**
 * Names of the price book that the name of a model was perhaps meant to be: at most three, nearest first, also of what
 * stands behind its provider (`openai/`). The book is loaded at the first call.
 */
export async function nearestPricedModels(model: string): Promise<string[]> {
  const known = await (await loadPriceBook()).modelNames()
  const alone = model.slice(model.lastIndexOf('/') + 1)
  const names = [...nearestNames(model, known), ...(alone === model ? [] : nearestNames(alone, known))]
  return [...new Set(names)].slice(0, 3)
}
