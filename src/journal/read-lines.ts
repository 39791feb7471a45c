/** Lines of a journal file with their byte ranges, one chunk in memory at a time. */
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { TextDecoder } from 'node:util'
import { MAX_LINE } from '../entry/line.js'

export interface Line {
  /** Without its line end; undefined when the bytes are no UTF-8 or longer than any line that is written. */
  readonly text: string | undefined
  /** Byte range, `to` behind the newline. */
  readonly from: number
  readonly to: number
  /** False for what stands behind the last newline: a write may be under way. */
  readonly terminated: boolean
}

const CHUNK = 1 << 20
const NEWLINE = 0x0a
/** A character of a line takes three bytes of UTF-8 at most. */
const MAX_LINE_BYTES = MAX_LINE * 3

/**
 * All lines from byte `start`, which is the start of a line. An absent file has none; a symbolic link or anything that
 * is no regular file throws what the file system throws.
 */
export async function* readLines(path: string, start = 0): AsyncGenerator<Line> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw error
    },
  )
  if (handle === undefined) return
  try {
    if (!(await handle.stat()).isFile()) throw new Error(`${path} is no regular file`)
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    let rest: Buffer = Buffer.alloc(0)
    let dropped = 0
    let position = start
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK)
      const { bytesRead } = await handle.read(chunk, 0, CHUNK, position)
      if (bytesRead === 0) break
      position += bytesRead
      const data =
        rest.length === 0 ? chunk.subarray(0, bytesRead) : Buffer.concat([rest, chunk.subarray(0, bytesRead)])
      let from = 0
      for (let end = data.indexOf(NEWLINE); end >= 0; end = data.indexOf(NEWLINE, from)) {
        const to = position - data.length + end + 1
        yield {
          text: dropped > 0 ? undefined : decode(decoder, data.subarray(from, end)),
          from: position - data.length + from - dropped,
          to,
          terminated: true,
        }
        dropped = 0
        from = end + 1
      }
      rest = data.subarray(from)
      if (rest.length > MAX_LINE_BYTES) {
        dropped += rest.length
        rest = Buffer.alloc(0)
      }
    }
    if (rest.length > 0 || dropped > 0) {
      const text = dropped > 0 ? undefined : decode(decoder, rest)
      yield { text, from: position - rest.length - dropped, to: position, terminated: false }
    }
  } finally {
    await handle.close()
  }
}

function decode(decoder: TextDecoder, bytes: Buffer): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}
