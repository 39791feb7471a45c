/** A step of a pass that may fail without ending it. */
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
