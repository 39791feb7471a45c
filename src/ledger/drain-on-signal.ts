/** SIGTERM drains the open ledgers of a process that has no handler of its own, then ends it as it would have. */

const drains = new Set<() => Promise<void>>()

/** Until the returned function is called, SIGTERM waits for `drain`, 5 s at most. A second one ends it at once. */
export function drainOnSignal(drain: () => Promise<void>): () => void {
  // First in line, so that a handler which counts the others does not count this one.
  if (drains.size === 0) process.prependListener('SIGTERM', onSigterm)
  drains.add(drain)
  return () => {
    drains.delete(drain)
    if (drains.size === 0) process.off('SIGTERM', onSigterm)
  }
}

const DEADLINE_MS = 5_000

function onSigterm(): void {
  process.off('SIGTERM', onSigterm)
  // A host with a handler of its own decides when the process ends and when its ledgers close.
  if (process.listenerCount('SIGTERM') > 0) return
  const endNow = (): never => process.exit(128 + 15)
  process.once('SIGTERM', endNow)
  // Not unref'd: it keeps an idle process alive until its ledgers are closed, or too slow.
  const deadline = new Promise((resolve) => setTimeout(resolve, DEADLINE_MS))
  const drained = Promise.allSettled([...drains].map((drain) => drain()))
  void Promise.race([drained, deadline]).then(() => {
    process.off('SIGTERM', endNow)
    process.kill(process.pid, 'SIGTERM')
  })
}
