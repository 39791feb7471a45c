/** The files of the requests of a project or of all, held while they are read. */
import { REQUESTS } from '../journal/project-journal.js'
import { listRefused } from '../journal/segments.js'
import type { Snapshot } from '../journal/snapshot.js'
import type { StatsSource } from '../stats/stats-engine.js'
import type { OpenProject } from './projects.js'
import { takeStillSnapshot } from './still-snapshot.js'

/** Where nobody asked for a certain project, one whose folder of logs is a file or a link is left out. */
export async function withSources<T>(
  projects: readonly OpenProject[],
  isNamed: boolean,
  use: (sources: StatsSource[]) => Promise<T>,
): Promise<T> {
  const snapshots: { id: string; snapshot: Snapshot }[] = []
  try {
    for (const { id, logsDir } of projects) {
      try {
        snapshots.push({ id, snapshot: takeStillSnapshot(logsDir, REQUESTS) })
      } catch (error) {
        if (isNamed || !listRefused(logsDir, REQUESTS).includes(logsDir)) throw error
      }
    }
    return await use(snapshots.map(({ id, snapshot }) => ({ projectId: id, files: snapshot.files })))
  } finally {
    for (const { snapshot } of snapshots) snapshot[Symbol.dispose]()
  }
}
