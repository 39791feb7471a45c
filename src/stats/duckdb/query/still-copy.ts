/** Copies of files that grow, as they are now: one query reads them more than once, and must read the same. */
import { randomUUID } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { openRegular } from '../../../journal/open-regular.js'
import { parseEntry } from '../../../journal/parse-entry.js'
import { isClosedName, isSummary } from '../../../journal/segments.js'

const NEWLINE = 0x0a
const CHUNK = 1 << 20

/** The same paths, with a copy in `folder` for each file that a process may be appending to. */
export async function stillPaths(
  paths: readonly string[],
  folder: string,
  signal: AbortSignal,
): Promise<string[]> {
  const still: string[] = []
  // One after another: a file is held open for each.
  for (const path of paths) {
    signal.throwIfAborted()
    still.push(isClosedName(path) || isSummary(path) ? path : await copyOf(path, folder))
  }
  return still
}

async function copyOf(path: string, folder: string): Promise<string> {
  const copy = join(folder, `${randomUUID()}.jsonl`)
  const from = await openRegular(path)
  if (from === undefined) return copy
  try {
    const to = await open(copy, 'wx+', 0o600)
    try {
      await copyBytes(from, to, (await from.stat()).size)
      await cutUnfinished(to)
    } finally {
      await to.close()
    }
  } finally {
    await from.close()
  }
  return copy
}

async function copyBytes(from: FileHandle, to: FileHandle, size: number): Promise<void> {
  const buffer = Buffer.allocUnsafe(CHUNK)
  for (let position = 0; position < size; ) {
    const { bytesRead } = await from.read(buffer, 0, Math.min(CHUNK, size - position), position)
    if (bytesRead === 0) return
    await to.write(buffer, 0, bytesRead, position)
    position += bytesRead
  }
}

/** What stands behind the last newline and is no entry is being written, or was torn: it is no damage. */
async function cutUnfinished(file: FileHandle): Promise<void> {
  const { size } = await file.stat()
  const tail = await lastLineStart(file, size)
  if (tail === size) return
  const bytes = Buffer.alloc(size - tail)
  await file.read(bytes, 0, bytes.length, tail)
  if (parseEntry(bytes.toString('utf8')) === undefined) await file.truncate(tail)
}

async function lastLineStart(file: FileHandle, size: number): Promise<number> {
  const buffer = Buffer.allocUnsafe(CHUNK)
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - CHUNK)
    const { bytesRead } = await file.read(buffer, 0, end - start, start)
    const newline = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE)
    if (newline >= 0) return start + newline + 1
    end = start
  }
  return 0
}
