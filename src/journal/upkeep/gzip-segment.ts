/** raw -> gzip: the raw file goes only after the copy was synced, read again and found equal. */
import { existsSync, lstatSync } from 'node:fs'
import { rm, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { FileSystemError } from '../../errors.js'
import type { ContentSum } from '../seals/content-sum.js'
import { formName, type Segment } from '../segments.js'
import { syncFolder } from '../sync-folder.js'
import { draftPath, publish, writeGzip } from './draft.js'
import type { Permit } from './permit.js'
import { contentOf, isSameContent, sumOf } from './segment-content.js'

/**
 * Replaces the sealed raw segment by its gzip form. Rejects with FileSystemError SEGMENT_CHANGED when its content is
 * not what the seal says, and for what the file system refuses; the raw file is then still there.
 */
export async function gzipSegment(
  dir: string,
  segment: Segment,
  seal: ContentSum,
  permit: Permit,
): Promise<void> {
  // Cheap, and enough to see that something was written behind the seal.
  if (lstatSync(segment.path).size !== seal.bytes) throw changed(segment)
  const packed = join(dir, formName(segment.stem, 'gzip'))
  if (!existsSync(packed) || !(await holds(packed, seal))) {
    const draft = draftPath(dir, '.gz')
    try {
      await writeGzip(draft, contentOf(segment.path))
      if (!(await holds(draft, seal))) throw changed(segment)
      permit.check()
      await publish(draft, packed)
    } finally {
      await rm(draft, { force: true })
    }
  }
  permit.check()
  if (lstatSync(segment.path).size !== seal.bytes) throw changed(segment)
  await unlink(segment.path)
  await syncFolder(dir)
}

async function holds(path: string, seal: ContentSum): Promise<boolean> {
  return isSameContent(await sumOf(path).catch(() => ({ bytes: -1, lines: 0, sha256: '' })), seal)
}

function changed({ path }: Segment): FileSystemError {
  const message = 'the content of a closed segment is not what its seal says; it is kept as it is'
  return new FileSystemError('SEGMENT_CHANGED', message, { operation: 'upkeep', path })
}
