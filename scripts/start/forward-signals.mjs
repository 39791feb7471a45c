// From one Ctrl-C to one signal. A terminal sends it to this process, and npm sends it here once more.

const ONE_PRESS_MS = 300

/** SIGINT, SIGTERM and the loss of the terminal stop the child; a second press ends it at once. */
export function forwardSignals(child) {
  let last = Number.NEGATIVE_INFINITY
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      const now = performance.now()
      if (now - last < ONE_PRESS_MS) return
      last = now
      child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal)
    })
  }
}
