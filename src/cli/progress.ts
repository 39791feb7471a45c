/** A progress bar on standard error, when that is a terminal. */
import { count } from './style.js'

export interface Progress {
  readonly update: (done: number, total: number) => void
  readonly stop: () => void
}

const MEGA = 1_000_000

/** Of bytes. Nothing is loaded and nothing printed where nobody looks. */
export async function byteProgress(): Promise<Progress> {
  if (process.stderr.isTTY !== true) return { update: () => undefined, stop: () => undefined }
  const { SingleBar } = await import('cli-progress')
  const bar = new SingleBar({
    stream: process.stderr,
    format: '[{bar}] {percentage}% of {size} MB',
    barCompleteChar: '#',
    barIncompleteChar: '.',
    clearOnComplete: true,
    // Its own handlers of signals would keep the process alive.
    gracefulExit: false,
  })
  let isStarted = false
  return {
    update(done, total) {
      if (!isStarted) bar.start(total, 0, { size: count(Math.ceil(total / MEGA)) })
      isStarted = true
      bar.update(done)
    },
    stop() {
      if (isStarted) bar.stop()
    },
  }
}
