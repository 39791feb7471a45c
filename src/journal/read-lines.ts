/** Lines of a journal file with the byte ranges of its content, one chunk in memory at a time. */
import { isUtf8 } from 'node:buffer'
import type { Broken } from './gunzip.js'
import { LineSplitter, type RawLine } from './line-splitter.js'
import { contentOf } from './log-content.js'
import { openRegular, readError } from './open-regular.js'

export interface Line extends Omit<RawLine, 'bytes'> {
  /** Without its line end; undefined when the bytes are no UTF-8 or longer than any line that is written. */
  readonly text: string | undefined
  /**
   * Only on the last one, which has no text and no bytes: here the content of a gzip file ends that could not be read
   * to its end or is not what its checksum says.
   */
  readonly broken?: Broken
}

/**
 * All lines from byte `start` of the content, which is the start of a line; a name in `.gz` is inflated. An absent file
 * has none. Throws FileSystemError PATH_IS_SYMLINK, LOG_READ_ERROR; a damaged gzip file is no error.
 */
export async function* readLines(path: string, start = 0): AsyncGenerator<Line> {
  const handle = await openRegular(path)
  if (handle === undefined) return
  try {
    const ends: Broken[] = []
    const splitter = new LineSplitter(start)
    let position = start
    for await (const chunk of contentOf(handle, path, (end) => ends.push(end), start)) {
      for (const line of splitter.add(chunk)) yield textLine(line)
      position += chunk.length
    }
    for (const line of splitter.end()) yield textLine(line)
    for (const broken of ends)
      yield { text: undefined, from: position, to: position, terminated: true, broken }
  } catch (cause) {
    throw readError(path, cause)
  } finally {
    await handle.close()
  }
}

function textLine({ bytes, from, to, terminated }: RawLine): Line {
  return { text: bytes && isUtf8(bytes) ? bytes.toString('utf8') : undefined, from, to, terminated }
}
