/** The files of a journal as one set that rotation, compression and retention cannot change while it is read. */
import { linkSync, mkdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { FileSystemError } from '../errors.js'
import { readError } from './open-regular.js'
import { linkAmong } from './own-folders.js'
import { readerFolder } from './reader-folder.js'
import { activeName, closedSegments, listSegments, type Segment } from './segments.js'
import { SLOTS_DIR } from './slot.js'

export interface Snapshot extends Disposable {
  /** In reading order. */
  readonly files: readonly string[]
}

/**
 * Every line that was written before the call is in one of the files, or in the summary of it. A file is held by a
 * second link, so that nobody who renames, compresses or deletes takes it away; a segment that is seen as the active
 * file and as a closed one counts once, because ids do. Where links cannot be made the names themselves are given.
 * Throws FileSystemError LOG_READ_ERROR when the folder cannot be listed.
 */
export function takeSnapshot(dir: string, base: string): Snapshot {
  try {
    return holdAll(dir, base)
  } catch (cause) {
    throw cause instanceof FileSystemError ? cause : readError(dir, cause)
  }
}

function holdAll(dir: string, base: string): Snapshot {
  const listed = listSegments(dir, base)
  const held = join(dir, SLOTS_DIR, readerFolder())
  if (listed.length === 0 || linkAmong([dir, join(dir, SLOTS_DIR)]) !== undefined || !makeHolder(held))
    return { files: listed.map(({ path }) => path), [Symbol.dispose]() {} }
  const active = listed.filter(({ form }) => form === 'active')
  // What is rotated before its link was made is in the list of closed segments, which is made later; its successor
  // holds nothing older than the call.
  const links = active.map((segment) => linkTo(segment, join(held, activeName('active', segment.slot))))
  const closed = holdClosed(dir, base, listed, held)
  return {
    files: [...closed, ...links].filter((path) => path !== undefined),
    [Symbol.dispose]() {
      rmSync(held, { recursive: true, force: true })
    },
  }
}

/** Each list that is in vain needs a step of another process; more of them mean that links cannot be made at all. */
const MAX_LISTS = 100

/** Lists again until each file of a list could be linked. */
function holdClosed(dir: string, base: string, before: readonly Segment[], held: string): string[] {
  const links = new Map<string, string>()
  let stems = before.filter(({ form }) => form !== 'active').map(({ stem }) => stem)
  for (let lists = 1; ; lists++) {
    const closed = closedSegments(dir, base)
    const listed = new Set(closed.map(({ stem }) => stem))
    for (const segment of closed) {
      const link = links.get(segment.path) ?? linkClosed(segment, held)
      if (link !== undefined) links.set(segment.path, link)
    }
    // A long folder is listed in parts, and a segment may change its form in between: then no part shows it.
    const isWhole = stems.every((stem) => listed.has(stem)) && closed.every(({ path }) => links.has(path))
    if (isWhole || lists === MAX_LISTS) return closed.map(({ path }) => links.get(path) ?? path)
    stems = [...listed]
  }
}

/** A summary is the last form of a segment and stays: of those there may be thousands. */
function linkClosed(segment: Segment, held: string): string | undefined {
  return segment.form === 'summary' ? segment.path : linkTo(segment, join(held, basename(segment.path)))
}

/** False where nothing was ever written by us: there a reader leaves nothing behind, and nobody compresses or deletes. */
function makeHolder(held: string): boolean {
  try {
    mkdirSync(held, { mode: 0o700 })
    return true
  } catch {
    return false
  }
}

/** Undefined when it is gone since it was listed. */
function linkTo({ path }: Segment, link: string): string | undefined {
  try {
    linkSync(path, link)
    return link
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? undefined : path
  }
}
