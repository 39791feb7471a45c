/** Questions that their caller may give up. */
import { invalid } from '../errors.js'
import { cancelled } from '../stats/cancelled.js'

/** Throws ValidationError INVALID_OPTION. */
export function checkSignal(operation: string, signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal
  throw invalid(operation, 'INVALID_OPTION', 'signal', 'is no AbortSignal')
}

/** What `running` gives, or the failure at once when it is cancelled before; it ends by itself then. */
export function untilCancelled<T>(
  operation: string,
  running: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return running
  if (signal.aborted) {
    running.catch(() => {})
    return Promise.reject(cancelled(operation, signal))
  }
  let onAbort = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(cancelled(operation, signal))
    signal.addEventListener('abort', onAbort)
  })
  return Promise.race([running, aborted]).finally(() => signal.removeEventListener('abort', onAbort))
}
