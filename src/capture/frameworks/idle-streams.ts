/**
 * Streams that nobody reads any more. An application that leaves its loop over a stream of a framework is told to no
 * middleware and no handler; without a limit its call would be pending for as long as the process lives.
 */
export class IdleStreams<Stream> {
  readonly #idleMs: number
  readonly #left: (stream: Stream) => void
  /** As performance.now() gives it, ms. */
  readonly #seenAt = new Map<Stream, number>()
  #timer: NodeJS.Timeout | undefined

  /** `left` is called once for a stream of which nothing came for `idleMs`. */
  constructor(idleMs: number = DEFAULT_IDLE_MS, left: (stream: Stream) => void) {
    this.#idleMs = idleMs
    this.#left = left
  }

  /** A part of the stream came just now. */
  seen(stream: Stream): void {
    this.#seenAt.set(stream, performance.now())
    // One timer for all; it keeps no process alive.
    this.#timer ??= setInterval(() => this.#sweep(), Math.max(1, this.#idleMs / 2)).unref()
  }

  over(stream: Stream): void {
    this.#seenAt.delete(stream)
    if (this.#seenAt.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #sweep(): void {
    const before = performance.now() - this.#idleMs
    for (const [stream, seenAt] of this.#seenAt) {
      if (seenAt > before) continue
      this.over(stream)
      this.#left(stream)
    }
  }
}

/** Ten minutes, as long as the SDKs of OpenAI and Anthropic wait for an answer. */
const DEFAULT_IDLE_MS = 600_000
