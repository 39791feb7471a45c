/** What a process does when it ends by `process.exit()`, an uncaught error or for want of work: nothing asynchronous. */

const works = new Set<() => void>()

/** Until the returned function is called. What the work throws is nobody's. */
export function atExit(work: () => void): () => void {
  if (works.size === 0) process.on('exit', onExit)
  works.add(work)
  return () => {
    works.delete(work)
    if (works.size === 0) process.off('exit', onExit)
  }
}

function onExit(): void {
  for (const work of works) {
    try {
      work()
    } catch {
      // The process ends anyway, and with the host's own code.
    }
  }
}
