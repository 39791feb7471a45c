/** The content of a file of a journal, a bounded chunk at a time. */
import type { FileHandle } from 'node:fs/promises'
import { type Broken, gunzip } from './gunzip.js'

/** Read, and by some hashed, at once: the host's own work is never held up for long. */
const CHUNK = 256 << 10

/** From byte `start` of it; inflated when the name ends in `.gz`, and then `onBroken` is told when it is not all. */
export function contentOf(
  handle: FileHandle,
  path: string,
  onBroken: (broken: Broken) => void,
  start = 0,
): AsyncIterable<Buffer> {
  return isGzip(path) ? gunzip(handle, start, onBroken) : chunksOf(handle, start)
}

export function isGzip(path: string): boolean {
  return path.endsWith('.gz')
}

async function* chunksOf(handle: FileHandle, start: number): AsyncGenerator<Buffer> {
  for (let position = start; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}
