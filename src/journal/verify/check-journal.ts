/** All files of one journal, each once, while others write, rotate, compress and delete them. */
import type { FileHandle } from 'node:fs/promises'
import { openLog } from '../open-regular.js'
import type { ContentSum } from '../seals/content-sum.js'
import { listRefused, listSegments, type Segment } from '../segments.js'
import { isClaimed } from '../slot.js'
import { type CheckFile, checkFile } from './check-file.js'
import type { LineOwner } from './record-of.js'

export interface CheckedSegment {
  readonly segment: Segment
  /** Undefined when it could not be read to its end. */
  readonly sum: ContentSum | undefined
  /** Of a summary whose segment is still there: that, and the SHA-256 of the summary which it gives. */
  readonly source?: { readonly content: ContentSum; readonly summary: string } | undefined
}

/** More rounds mean a writer that rotates faster than files are read: then the last list is taken as it is. */
const MAX_ROUNDS = 1_000

/**
 * Closed segments first, then the active files together: they are opened, and when no segment was closed meanwhile,
 * what is open holds all that is not in a closed one. So no line is missed and none is read twice. By stem.
 */
export async function checkJournal(
  dir: string,
  base: Exclude<LineOwner, 'messages'>,
  check: CheckFile,
): Promise<Map<string, CheckedSegment>> {
  const checked = new Map<string, CheckedSegment>()
  for (const path of listRefused(dir, base)) check.findings.addRefused(path)
  for (let round = 1; ; round++) {
    for (const segment of listSegments(dir, base)) {
      if (segment.form === 'active' || checked.has(segment.stem)) continue
      const handle = await openOrReport(segment.path, check)
      if (handle === 'gone') continue
      const file = { path: segment.path, owner: base, isWritten: () => false }
      const sum = handle === 'refused' ? undefined : await checkFile(handle, file, check)
      checked.set(segment.stem, { segment, sum })
    }
    const active = await openActive(dir, base, check)
    const isMissing = listSegments(dir, base).some(
      ({ form, stem }) => form !== 'active' && !checked.has(stem),
    )
    if (isMissing && round < MAX_ROUNDS) {
      for (const { handle } of active) await handle.close()
      continue
    }
    for (const { handle, segment } of active) {
      const isWritten = (): boolean => isClaimed(dir, String(segment.slot))
      await checkFile(handle, { path: segment.path, owner: base, isWritten }, check)
    }
    return checked
  }
}

async function openActive(
  dir: string,
  base: string,
  check: CheckFile,
): Promise<{ handle: FileHandle; segment: Segment }[]> {
  const opened: { handle: FileHandle; segment: Segment }[] = []
  for (const segment of listSegments(dir, base)) {
    if (segment.form !== 'active') continue
    const handle = await openOrReport(segment.path, check)
    if (typeof handle === 'object') opened.push({ handle, segment })
  }
  return opened
}

/** `gone` since it was listed is no damage; what cannot be read is, and is named once. */
export async function openOrReport(
  path: string,
  { findings }: CheckFile,
): Promise<FileHandle | 'gone' | 'refused'> {
  try {
    return await openLog(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'gone'
    findings.addRefused(path)
    return 'refused'
  }
}
