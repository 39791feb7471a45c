/** Amounts as whole numbers that add up exactly. */

export const PICO_PER_USD = 1e12
/** The engine over the lines sums DECIMAL(38,12), which holds no more before the point; larger amounts add nothing. */
const MAX_SUMMED_USD = 1e26

/**
 * A sum is two numbers, of which the higher counts so many 1e-12 USD: one alone would lose digits from 9,007 USD on, and
 * with every request that is added the more.
 */
export const CARRY = 2 ** 52

/** USD from 0 on, in 1e-12 USD. */
export function picoOf(usd: number): number {
  return usd < MAX_SUMMED_USD ? Math.round(usd * PICO_PER_USD) : 0
}

/** Adds to the sum of which the lower number is at `low` and the higher at `high`; a negative one takes back. */
export function addPico(sums: Float64Array, low: number, high: number, pico: number): void {
  const carried = Math.trunc(pico / CARRY)
  sums[low] = (sums[low] ?? 0) + pico - carried * CARRY
  sums[high] = (sums[high] ?? 0) + carried
  carry(sums, low, high)
}

/** Once two sums were added number by number. */
export function carry(sums: Float64Array, low: number, high: number): void {
  const carried = Math.trunc((sums[low] ?? 0) / CARRY)
  if (carried === 0) return
  sums[low] = (sums[low] ?? 0) - carried * CARRY
  sums[high] = (sums[high] ?? 0) + carried
}

/** USD of a sum. */
export function usdOf(low: number, high: number): number {
  return (high * CARRY + low) / PICO_PER_USD
}
