/** A stream of parts that is seen while the application reads it. Nothing is read ahead and nothing is kept back. */

export interface PartWatcher {
  part(part: unknown): void
  /** The stream ended. */
  streamed(): void
  failed(error: unknown): void
  /** The reader reads no further. */
  left(): void
}

/** The watcher must not throw. The caller's reading drives the stream, its cancelling reaches the model. */
export function watchParts<Part>(stream: ReadableStream<Part>, watcher: PartWatcher): ReadableStream<Part> {
  const reader = stream.getReader()
  return new ReadableStream<Part>(
    {
      async pull(controller) {
        let next: Awaited<ReturnType<typeof reader.read>>
        try {
          next = await reader.read()
        } catch (error) {
          watcher.failed(error)
          throw error
        }
        if (next.done) {
          watcher.streamed()
          controller.close()
          return
        }
        watcher.part(next.value)
        controller.enqueue(next.value)
      },
      cancel(reason) {
        watcher.left()
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}
