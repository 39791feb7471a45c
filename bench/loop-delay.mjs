// How long what is due on the event loop has to wait.

const PERIOD_MS = 2

/**
 * A timer each 2 ms that notes how late it comes. A stall of 100 ms would be one late timer among hundreds; so what
 * would have come due within it is counted too, each with the wait that was left. Timers are exact to about 1 ms.
 */
export function watchLoopDelay() {
  const delays = []
  let due = 0
  let timer
  const wait = () => {
    due = performance.now() + PERIOD_MS
    timer = setTimeout(note, PERIOD_MS)
  }
  const note = () => {
    for (let late = performance.now() - due; late > 0; late -= PERIOD_MS) delays.push(late)
    wait()
  }
  wait()
  return {
    /** Milliseconds, in the order they were met. */
    stop() {
      clearTimeout(timer)
      return delays
    },
  }
}
