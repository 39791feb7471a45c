/** Lines of a journal file with their byte ranges, one chunk in memory at a time. */
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { TextDecoder } from 'node:util'
import { MAX_LINE } from '../entry/json-text.js'
import { FileSystemError } from '../errors.js'

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
 * All lines from byte `start`, which is the start of a line. An absent file has none. Throws FileSystemError
 * PATH_IS_SYMLINK, LOG_READ_ERROR.
 */
export async function* readLines(path: string, start = 0): AsyncGenerator<Line> {
  const handle = await openRegular(path)
  if (handle === undefined) return
  try {
    yield* linesOf(handle, start)
  } catch (cause) {
    throw readError(path, cause)
  } finally {
    await handle.close()
  }
}

/** Undefined when there is no such file. */
async function openRegular(path: string): Promise<FileHandle | undefined> {
  let handle: FileHandle
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw readError(path, cause)
  }
  if ((await handle.stat()).isFile()) return handle
  await handle.close()
  throw readError(path, new Error('it is no regular file'))
}

function readError(path: string, cause: unknown): FileSystemError {
  const details = { operation: 'read', path, cause }
  if (cause instanceof Error && 'code' in cause && cause.code === 'ELOOP') {
    return new FileSystemError('PATH_IS_SYMLINK', 'the log is a symbolic link', details)
  }
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new FileSystemError('LOG_READ_ERROR', `could not read the log: ${reason}`, details)
}

async function* linesOf(handle: FileHandle, start: number): AsyncGenerator<Line> {
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
}

function decode(decoder: TextDecoder, bytes: Buffer): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}
