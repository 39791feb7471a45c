/** What is missing at a file's end after a write that failed or a process that died. */
import type { FileHandle } from 'node:fs/promises'

const NEWLINE = 0x0a

/**
 * The bytes to append first: the remainder of `last`, the newest bytes believed written, when the file ends within
 * them (a full disk takes a part and says nothing); a newline when it ends in some other torn line; else none.
 */
export async function missingBytes(handle: FileHandle, size: number, last: Buffer): Promise<Buffer> {
  const length = Math.min(size, Math.max(last.length, 1))
  const tail = Buffer.alloc(length)
  await handle.read(tail, 0, length, size - length)
  for (let taken = Math.min(length, last.length); taken > 0; taken--) {
    if (tail.subarray(length - taken).equals(last.subarray(0, taken))) return last.subarray(taken)
  }
  return length === 0 || tail[length - 1] === NEWLINE ? Buffer.alloc(0) : Buffer.of(NEWLINE)
}
