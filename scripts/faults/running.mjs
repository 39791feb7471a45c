// Which case is running, and for how long: some take minutes.

const TERMINAL_MS = 1_000
const LOG_MS = 10_000

/** @type {typeof import('./running.d.mts').showRunning} */
export function showRunning(name, stream) {
  const started = Date.now()
  const isTerminal = stream.isTTY === true
  const say = () => {
    const text = `${name}: ${Math.round((Date.now() - started) / 1000)} s`
    stream.write(isTerminal ? `\r\x1b[K${text}` : `${text}\n`)
  }
  if (isTerminal) say()
  const timer = setInterval(say, isTerminal ? TERMINAL_MS : LOG_MS).unref()
  return {
    end() {
      clearInterval(timer)
      if (isTerminal) stream.write('\r\x1b[K')
    },
  }
}
