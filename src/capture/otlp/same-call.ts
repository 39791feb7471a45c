/** Whether two records with one response id are of one physical call. */

/** Epoch ms. */
export interface Times {
  readonly startMs: number
  readonly endMs: number
}

/** Clocks of two machines, and of two libraries around one call, differ by less. */
const TOLERANCE_MS = 2_000

/**
 * They are when they overlap in time. The id alone does not say it: some servers that speak OpenAI's protocol draw theirs
 * from a few hundred numbers.
 */
export function isSameCall(one: Times, other: Times): boolean {
  return one.startMs <= other.endMs + TOLERANCE_MS && other.startMs <= one.endMs + TOLERANCE_MS
}
