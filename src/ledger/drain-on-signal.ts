/** SIGTERM drains the open ledgers of a process that has no handler of its own, then ends it as it would have. */

const drains = new Set<() => Promise<void>>()
let installed = false

/** Until the returned function is called, SIGTERM waits for `drain`, 5 s at most. A second one ends it at once. */
export function drainOnSignal(drain: () => Promise<void>): () => void {
  drains.add(drain)
  if (!installed) process.on('SIGTERM', onSigterm)
  installed = true
  return () => {
    drains.delete(drain)
    if (drains.size > 0) return
    process.off('SIGTERM', onSigterm)
    installed = false
  }
}

const DEADLINE_MS = 5_000

function onSigterm(): void {
  // A host with a handler of its own decides when its ledgers close.
  if (process.listenerCount('SIGTERM') > 1) return
  process.once('SIGTERM', () => process.exit(143))
  const deadline = new Promise((resolve) => setTimeout(resolve, DEADLINE_MS).unref())
  const drained = Promise.allSettled([...drains].map((drain) => drain()))
  void Promise.race([drained, deadline]).then(() => {
    process.removeAllListeners('SIGTERM')
    process.kill(process.pid, 'SIGTERM')
  })
}
