/** Which active files are closed by upkeep: those that are due, of this process and of processes that are gone. */
import { lstatSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { moveAside } from '../move-aside.js'
import { openForAppend } from '../open-file.js'
import { JOURNALS, type JournalOptions, type ProjectJournal } from '../project-journal.js'
import { closedName, listSegments, nextSequence, type Segment } from '../segments.js'
import { claimRole } from '../slot.js'
import { DAY_MS } from './plan-retention.js'

export type IsDue = (path: string) => boolean

/** By the UTC day of the file's birth, which is the disk's. */
export function olderThan(days: number): IsDue {
  return (path) => {
    const stat = lstatSync(path, { throwIfNoEntry: false })
    if (stat === undefined) return false
    return utcDay(Date.now()) - utcDay(stat.birthtimeMs || stat.ctimeMs) >= days
  }
}

function utcDay(ms: number): number {
  return Math.floor(ms / DAY_MS)
}

/** Closes the files that are due; the paths of the closed segments. Rejects with what the file system refuses. */
export async function rotateProject(
  dir: string,
  journal: ProjectJournal,
  isDue: IsDue,
  onTornTail: JournalOptions['onTornTail'],
): Promise<string[]> {
  const closed = await journal.rotate(isDue)
  for (const base of JOURNALS) {
    for (const segment of listSegments(dir, base)) {
      if (segment.form !== 'active' || !isDue(segment.path)) continue
      const path = await closeOrphan(dir, base, segment, onTornTail)
      if (path !== undefined) closed.push(path)
    }
  }
  return closed
}

/** Nothing happens to the file of a process that lives: it has its slot. */
async function closeOrphan(
  dir: string,
  base: string,
  { path, slot }: Segment,
  onTornTail: JournalOptions['onTornTail'],
): Promise<string | undefined> {
  const claim = claimRole(dir, String(slot))
  if (claim === undefined) return undefined
  try {
    const file = await openForAppend(path, { sync: false, root: dirname(dir) })
    try {
      if (file.tornTail !== undefined) {
        onTornTail(file.tornTail)
        // Nothing but the newline that fences the tail off.
        await file.append(Buffer.alloc(0), false)
      }
    } finally {
      await file.close()
    }
    return moveAside(path, () => join(dir, closedName(base, slot, nextSequence(dir, base, slot), new Date())))
  } finally {
    claim.release()
  }
}
