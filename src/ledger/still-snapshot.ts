/** A snapshot in which no line stands twice. */
import { lstatSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Snapshot, takeSnapshot } from '../journal/snapshot.js'

/** Each time that is in vain needs a rotation in the moment between two lists. */
const MAX_SNAPSHOTS = 100

/**
 * As takeSnapshot, and taken again while an active file was closed meanwhile: it would be there as the active file and as
 * a closed segment, which by then may be compressed.
 */
export function takeStillSnapshot(dir: string, base: string): Snapshot {
  for (let taken = 1; ; taken++) {
    const snapshot = takeSnapshot(dir, base)
    if (taken === MAX_SNAPSHOTS || snapshot.files.every((file) => isStill(file, dir, base))) return snapshot
    snapshot[Symbol.dispose]()
  }
}

const HELD_ACTIVE = /^active(?=(?:\.\d+)?\.jsonl$)/

/** What still is at its path was not closed, so it is in no list of closed ones. */
function isStill(file: string, dir: string, base: string): boolean {
  const name = basename(file)
  if (!HELD_ACTIVE.test(name)) return true
  const held = statSync(file)
  const now = lstatSync(join(dir, name.replace(HELD_ACTIVE, base)), { throwIfNoEntry: false })
  return now?.ino === held.ino && now.dev === held.dev
}
