/** What prices.json holds. Names are those of the file: snake_case. */

/** USD a million tokens, but for `per_request`. */
export interface PriceRates {
  /** Prompt tokens that are in no other bucket. */
  readonly input: number
  readonly output: number
  /** As `input` when absent. */
  readonly cache_read?: number
  readonly cache_write?: number
  /** As `cache_write` when absent. */
  readonly cache_write_1h?: number
  /** As `input` when absent. */
  readonly input_audio?: number
  /** As `output` when absent. */
  readonly output_audio?: number
  /** USD a request; default 0. */
  readonly per_request?: number
}

/** Rates in place of those beside `tiers`, for the whole of a request whose prompt is larger. */
export interface PriceTier extends Partial<PriceRates> {
  /** Prompt tokens. */
  readonly above: number
}

export interface TieredRates extends PriceRates {
  readonly tiers?: readonly PriceTier[]
}

/** Compared without regard to case; in a pattern `*` is any text and `?` one character. A text alone is an exact name. */
export type PriceMatch =
  | string
  | { readonly exact: string }
  | { readonly prefix: string }
  | { readonly pattern: string }

export interface PriceRule extends TieredRates {
  readonly match: PriceMatch
  /** Only requests of this provider. */
  readonly provider?: string
  /** A date (UTC) or an instant: only requests that started then or later. */
  readonly start?: string
  /** Rates of requests whose `params.service_tier` is batch or flex; nothing is taken from those beside it. */
  readonly batch?: TieredRates
  /** Rates of requests whose `params.service_tier` is priority, which are unpriced without them; nothing is taken from those beside it. */
  readonly priority?: TieredRates
  /** For the reader of the file. */
  readonly note?: string
}

/** Prices of the user's own, before those of the book. */
export interface PriceOverrides {
  readonly rules: readonly PriceRule[]
}
