/** Long work in slices: between two of them the host's own work goes on. */

/** Longer ones would show in the time that a call of the log takes. */
const SLICE_MS = 0.2

export class Slices {
  readonly #signal: AbortSignal | undefined
  #until = performance.now() + SLICE_MS

  constructor(signal?: AbortSignal) {
    this.#signal = signal
  }

  get isOver(): boolean {
    return performance.now() > this.#until
  }

  /** Throws the signal's reason when the work is not wanted any more. */
  async rest(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    this.#signal?.throwIfAborted()
    this.#until = performance.now() + SLICE_MS
  }
}
