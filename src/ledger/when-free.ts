/** Waiting for another process that is at the upkeep of a project. */
import { setTimeout as delay } from 'node:timers/promises'

/** How long a call waits. */
const BUSY_MS = 10_000
const LOOK_MS = 100

/** Tries until it gives something; undefined when the other is at it all the time, or once `closing` is aborted. */
export async function whenFree<T>(
  closing: AbortSignal,
  tryOnce: () => Promise<T | undefined> | T | undefined,
): Promise<T | undefined> {
  for (let waited = 0; waited < BUSY_MS; waited += LOOK_MS) {
    const done = await tryOnce()
    if (done !== undefined || closing.aborted) return done
    await delay(LOOK_MS)
  }
  return undefined
}
