/** raw -> gzip: the raw file goes only after the copy was synced, read again and found equal. */
import { existsSync, lstatSync } from 'node:fs'
import { rm, unlink, utimes } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ContentSum } from '../seals/content-sum.js'
import { syncFolder } from '../sync-folder.js'
import { draftPath, publish, writeGzip } from './draft.js'
import { PassStopped, type Permit } from './permit.js'
import { isSameContent, segmentChanged, segmentContent, sumOf } from './segment-content.js'

/**
 * Replaces the closed file at `path` by its gzip form; `logsDir` takes the draft. Rejects with FileSystemError
 * SEGMENT_CHANGED when its content is not what the seal says, and for what the file system refuses; the raw file is then
 * still there.
 */
export async function gzipSegment(
  path: string,
  seal: ContentSum,
  logsDir: string,
  permit: Permit,
): Promise<void> {
  const { size, atime, mtime } = lstatSync(path)
  // Cheap, and enough to see that something was written behind the seal.
  if (size !== seal.bytes) throw segmentChanged(path)
  const packed = `${path}.gz`
  if (!existsSync(packed) || !(await holds(packed, seal, permit))) {
    const draft = draftPath(logsDir, '.gz')
    try {
      await writeGzip(draft, segmentContent(path, permit))
      if (!(await holds(draft, seal, permit))) throw segmentChanged(path)
      await utimes(draft, atime, mtime)
      permit.check()
      await publish(draft, packed)
    } finally {
      await rm(draft, { force: true })
    }
  }
  permit.check()
  if (lstatSync(path).size !== seal.bytes) throw segmentChanged(path)
  await unlink(path)
  await syncFolder(dirname(path))
}

async function holds(path: string, seal: ContentSum, permit: Permit): Promise<boolean> {
  try {
    return isSameContent(await sumOf(path, permit), seal)
  } catch (error) {
    if (error instanceof PassStopped) throw error
    return false
  }
}
