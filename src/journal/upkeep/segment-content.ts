/** The uncompressed bytes of a segment, a bounded chunk at a time. */
import { FileSystemError } from '../../errors.js'
import type { Broken } from '../gunzip.js'
import { contentOf } from '../log-content.js'
import { openLog } from '../open-regular.js'
import { type ContentSum, ContentSummer } from '../seals/content-sum.js'
import type { Permit } from './permit.js'

/**
 * A name in `.gz` is inflated. Rejects with FileSystemError SEGMENT_CHANGED for a gzip file that is cut or bad, for a
 * symbolic link, and no regular file; with PassStopped as soon as the pass may not go on.
 */
export async function* segmentContent(path: string, permit?: Permit): AsyncGenerator<Buffer> {
  const file = await openLog(path)
  try {
    const ends: Broken[] = []
    for await (const chunk of contentOf(file, path, (end) => ends.push(end))) {
      permit?.check()
      yield chunk
    }
    for (const end of ends) throw gzipBroken(path, end)
  } finally {
    await file.close()
  }
}

/** Rejects as segmentContent. */
export async function sumOf(path: string, permit?: Permit): Promise<ContentSum> {
  const summer = new ContentSummer()
  for await (const chunk of segmentContent(path, permit)) summer.add(chunk)
  return summer.sum()
}

export function isSameContent(a: ContentSum, b: ContentSum): boolean {
  return a.bytes === b.bytes && a.lines === b.lines && a.sha256 === b.sha256
}

/** The sum of the content, when it is what was sealed, if that is known. Rejects with FileSystemError SEGMENT_CHANGED, as contentOf. */
export async function sealedSum(
  path: string,
  sealed: ContentSum | undefined,
  permit?: Permit,
): Promise<ContentSum> {
  const content = await sumOf(path, permit)
  if (sealed !== undefined && !isSameContent(content, sealed)) throw segmentChanged(path)
  return content
}

/** What the chain of seals says of the content is not so. */
export function segmentChanged(path: string): FileSystemError {
  const message = `the content of ${path} is not what its seal says; it is kept as it is`
  return new FileSystemError('SEGMENT_CHANGED', message, { operation: 'upkeep', path })
}

export function gzipBroken(path: string, broken: Broken): FileSystemError {
  const message = `${path} is a ${broken} gzip file; it is kept as it is`
  return new FileSystemError('SEGMENT_CHANGED', message, { operation: 'upkeep', path })
}

/** What the file holds is on the disk. Rejects as segmentContent. */
export async function syncSegment(path: string): Promise<void> {
  const file = await openLog(path)
  try {
    await file.datasync()
  } finally {
    await file.close()
  }
}
