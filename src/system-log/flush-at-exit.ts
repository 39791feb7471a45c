/** Lines that still wait when the process calls process.exit(): written at once, since nothing runs later. */
import { appendFileSync } from 'node:fs'

type Pending = () => { readonly path: string; readonly bytes: Buffer } | undefined

/** One listener for all sinks: a host may open many ledgers. */
const pendings = new Set<Pending>()

/** `pending` gives what is left to write, without what is under way. Returns how to forget it. */
export function flushAtExit(pending: Pending): () => void {
  if (pendings.size === 0) process.on('exit', flush)
  pendings.add(pending)
  return () => {
    pendings.delete(pending)
    if (pendings.size === 0) process.off('exit', flush)
  }
}

function flush(): void {
  for (const pending of pendings) {
    const left = pending()
    if (left === undefined) continue
    try {
      appendFileSync(left.path, left.bytes, { mode: 0o600 })
    } catch {
      // The process is ending; its own exit code says more than a failing log.
    }
  }
}
