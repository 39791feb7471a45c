/** A response whose body is seen while the caller reads it. Nothing is read ahead and nothing is kept back. */

export interface BodyWatcher {
  /** A chunk on its way to the caller; what is returned goes on in its place. */
  chunk(bytes: Uint8Array): Uint8Array | undefined
  /** The provider ended the body; what is returned goes out before the end. */
  end(): Uint8Array | undefined
  /** The connection broke, or the caller's signal was raised. */
  failed(error: unknown): void
  /** The caller reads no further. */
  cancelled(): void
}

/**
 * The same status, headers and URL with a body that passes through the watcher. The caller's reading drives it, and
 * the caller's cancelling reaches the provider, which `Response.clone()` would hold back.
 */
export function watchResponse(
  response: Response,
  body: ReadableStream<Uint8Array>,
  watcher: BodyWatcher,
): Response {
  const reader = body.getReader()
  const passing = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        // One pull must enqueue or end, so chunks that are held back are read over.
        for (;;) {
          let next: Awaited<ReturnType<typeof reader.read>>
          try {
            next = await reader.read()
          } catch (error) {
            watcher.failed(error)
            throw error
          }
          const bytes = next.done ? watcher.end() : watcher.chunk(next.value)
          if (bytes !== undefined && bytes.length > 0) controller.enqueue(bytes)
          if (next.done) return controller.close()
          if (bytes !== undefined && bytes.length > 0) return
        }
      },
      cancel(reason) {
        watcher.cancelled()
        return reader.cancel(reason)
      },
    },
    // Read only when asked, as the body itself would.
    { highWaterMark: 0 },
  )
  return sameResponse(response, passing)
}

/** A response like the given one with another body. */
export function sameResponse(
  response: Response,
  body: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>,
): Response {
  const { status, statusText, headers } = response
  const copy = new Response(body, { status, statusText, headers })
  // The constructor cannot set these, and callers log them.
  for (const field of ['url', 'redirected', 'type'] as const) {
    Object.defineProperty(copy, field, { value: response[field], configurable: true })
  }
  return copy
}
