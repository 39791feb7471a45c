/** Amounts as whole numbers that add up exactly. */

export const PICO_PER_USD = 1e12
/** The engine over the lines sums DECIMAL(38,12), which holds no more before the point; larger amounts add nothing. */
const MAX_SUMMED_USD = 1e26

/** USD from 0 on, in 1e-12 USD. */
export function picoOf(usd: number): number {
  return usd < MAX_SUMMED_USD ? Math.round(usd * PICO_PER_USD) : 0
}
