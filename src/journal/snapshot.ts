/** The files of a journal as one set that rotation cannot change while it is read. */
import { randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { activeName, listSegments, type Segment } from './segments.js'
import { SLOTS_DIR } from './slot.js'

export interface Snapshot extends Disposable {
  /** In reading order. */
  readonly files: readonly string[]
}

/**
 * Every line that was written before the call is in one of the files. Active files are held by a second link, so that
 * a rotation that renames them meanwhile takes nothing away; a segment that is seen under both names counts once,
 * because ids do. Where links cannot be made the names themselves are given.
 */
export function takeSnapshot(dir: string, base: string): Snapshot {
  const active = listSegments(dir, base).filter(isActive)
  if (active.length === 0)
    return { files: listSegments(dir, base).map(({ path }) => path), [Symbol.dispose]() {} }
  const held = join(dir, SLOTS_DIR, `read-${process.pid}-${randomUUID()}`)
  const links = hold(active, held)
  // Listed after the links were made: what was rotated in between is now a closed segment.
  const closed = listSegments(dir, base).filter((segment) => !isActive(segment))
  return {
    files: [...closed.map(({ path }) => path), ...links],
    [Symbol.dispose]() {
      rmSync(held, { recursive: true, force: true })
    },
  }
}

function isActive(segment: Segment): boolean {
  return segment.sequence === 0
}

function hold(active: readonly Segment[], held: string): string[] {
  try {
    // Not the folder above it: where nothing was ever written by us, a reader leaves nothing behind.
    mkdirSync(held, { mode: 0o700 })
  } catch {
    return active.map(({ path }) => path)
  }
  return active.flatMap(({ path, slot }) => {
    const link = join(held, activeName('active', slot))
    try {
      linkSync(path, link)
      return [link]
    } catch (error) {
      // Rotated since it was listed: it is a closed segment now, and its successor holds nothing older than the call.
      return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? [] : [path]
    }
  })
}
