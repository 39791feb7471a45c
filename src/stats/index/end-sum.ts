/** Whether a file still begins with what was read of it: a log can be cut off behind a failed sync, and grow again. */
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'

const BYTES = 4096

/** The checksum of the last bytes before `content`; 0 for none, and where it cannot be read. */
export function endSum(path: string, content: number): number {
  if (content === 0 || path.endsWith('.gz')) return 0
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const bytes = Buffer.alloc(Math.min(BYTES, content))
      const read = readSync(file, bytes, 0, bytes.length, content - bytes.length)
      return crc32(bytes.subarray(0, read))
    } finally {
      closeSync(file)
    }
  } catch {
    return 0
  }
}
