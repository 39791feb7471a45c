/** A step of a pass that may fail without ending it. */
import { LedgerlineError } from '../../errors.js'
import { PassStopped } from './permit.js'

/** Told of each step that failed; the others go on. */
export type OnFailure = (error: unknown) => void

/** Undefined when the step failed. Throws PassStopped only. */
export async function attempt<T>(onFailure: OnFailure, step: () => Promise<T>): Promise<T | undefined> {
  try {
    return await step()
  } catch (error) {
    if (error instanceof PassStopped) throw error
    onFailure(error)
    return undefined
  }
}

/** Tells the first missing key only: that of one journal is missing for all its segments, and mostly for all journals. */
export function keyMissingOnce<Rest extends unknown[]>(
  onFailure: (error: unknown, ...rest: Rest) => void,
): (error: unknown, ...rest: Rest) => void {
  let told = false
  return (error, ...rest) => {
    const isMissing = error instanceof LedgerlineError && error.code === 'SEAL_KEY_MISSING'
    if (!isMissing || !told) onFailure(error, ...rest)
    told ||= isMissing
  }
}
