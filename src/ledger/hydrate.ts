/** The live counters from the files, at open. */
import { statSync } from 'node:fs'
import { REQUESTS } from '../journal/project-journal.js'
import { listSegments } from '../journal/segments.js'
import { takeSnapshot } from '../journal/snapshot.js'
import type { LiveCounters } from '../stats/live-counters.js'
import type { OpenProject, Projects } from './projects.js'

export interface HydrateParts {
  readonly counters: LiveCounters
  readonly projects: Projects
  /** Counts the chats of the projects from the index. */
  readonly countFromIndex: (projects: readonly OpenProject[]) => Promise<void>
  /** What cannot be read is no reason not to log. */
  readonly onError: (error: unknown) => void
}

/** From here on the index is faster, also when the engine must be loaded to make it. */
const FROM_INDEX = 32 << 20

/** Counts what the files hold, so that the live counters begin complete. */
export async function hydrate({ counters, projects, countFromIndex, onError }: HydrateParts): Promise<void> {
  const opened = await projects.openAll('openLedger').catch((error: unknown) => {
    onError(error)
    return []
  })
  if (opened.reduce((sum, { logsDir }) => sum + bytesIn(logsDir), 0) >= FROM_INDEX) {
    try {
      await countFromIndex(opened)
      return
    } catch (error) {
      // Line by line each project is by itself.
      onError(error)
      counters.clear()
    }
  }
  for (const { logsDir } of opened) {
    try {
      using snapshot = takeSnapshot(logsDir, REQUESTS)
      await counters.hydrate(snapshot.files)
    } catch (error) {
      onError(error)
    }
  }
}

/** What cannot be listed is told of when it is read. */
function bytesIn(logsDir: string): number {
  try {
    return listSegments(logsDir, REQUESTS).reduce(
      (sum, { path }) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0),
      0,
    )
  } catch {
    return 0
  }
}
