/** Lines of a journal file with the byte ranges of its content, one chunk in memory at a time. */
import type { FileHandle } from 'node:fs/promises'
import { TextDecoder } from 'node:util'
import { MAX_LINE } from '../entry/json-text.js'
import { type Broken, gunzip } from './gunzip.js'
import { openRegular, readError } from './open-regular.js'

export interface Line {
  /** Without its line end; undefined when the bytes are no UTF-8 or longer than any line that is written. */
  readonly text: string | undefined
  /** Byte range, `to` behind the newline. */
  readonly from: number
  readonly to: number
  /** False for what stands behind the last newline: a write may be under way. */
  readonly terminated: boolean
  /**
   * Only on the last one, which has no text and no bytes: here the content of a gzip file ends that could not be read
   * to its end or is not what its checksum says.
   */
  readonly broken?: Broken
}

const CHUNK = 1 << 20
const NEWLINE = 0x0a
/** A character of a line takes three bytes of UTF-8 at most. */
const MAX_LINE_BYTES = MAX_LINE * 3

/**
 * All lines from byte `start` of the content, which is the start of a line; a name in `.gz` is inflated. An absent file
 * has none. Throws FileSystemError PATH_IS_SYMLINK, LOG_READ_ERROR; a damaged gzip file is no error.
 */
export async function* readLines(path: string, start = 0): AsyncGenerator<Line> {
  const handle = await openRegular(path)
  if (handle === undefined) return
  try {
    const ends: Broken[] = []
    const isGzip = path.endsWith('.gz')
    const chunks = isGzip ? gunzip(handle, start, (end) => ends.push(end)) : chunksOf(handle, start)
    let position = start
    for await (const line of linesOf(chunks, start)) {
      position = line.to
      yield line
    }
    for (const broken of ends)
      yield { text: undefined, from: position, to: position, terminated: true, broken }
  } catch (cause) {
    throw readError(path, cause)
  } finally {
    await handle.close()
  }
}

async function* chunksOf(handle: FileHandle, start: number): AsyncGenerator<Buffer> {
  for (let position = start; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

async function* linesOf(chunks: AsyncIterable<Buffer>, start: number): AsyncGenerator<Line> {
  let line = new BegunLine(start)
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      line.add(chunk.subarray(from, end))
      yield { text: line.text(), from: line.from, to: line.to + 1, terminated: true }
      line = new BegunLine(line.to + 1)
      from = end + 1
    }
    line.add(chunk.subarray(from))
  }
  if (line.to > line.from) yield { text: line.text(), from: line.from, to: line.to, terminated: false }
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Takes no memory for what is longer than any line. */
class BegunLine {
  readonly from: number
  #parts: Buffer[] = []
  #length = 0

  constructor(from: number) {
    this.from = from
  }

  get to(): number {
    return this.from + this.#length
  }

  add(bytes: Buffer): void {
    this.#length += bytes.length
    if (this.#length > MAX_LINE_BYTES) this.#parts = []
    else if (bytes.length > 0) this.#parts.push(bytes)
  }

  text(): string | undefined {
    if (this.#length > MAX_LINE_BYTES) return undefined
    const [first = Buffer.alloc(0), ...others] = this.#parts
    try {
      return UTF_8.decode(others.length === 0 ? first : Buffer.concat(this.#parts))
    } catch {
      return undefined
    }
  }
}
