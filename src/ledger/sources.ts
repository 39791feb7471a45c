/** The files of the requests of a project or of all, held while they are read. */
import { REQUESTS } from '../journal/project-journal.js'
import type { Snapshot } from '../journal/snapshot.js'
import type { StatsSource } from '../stats/stats-engine.js'
import type { OpenProject } from './projects.js'
import { unlessRefused } from './source-lists.js'
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
      const snapshot = unlessRefused(logsDir, isNamed, () => takeStillSnapshot(logsDir, REQUESTS))
      if (snapshot !== undefined) snapshots.push({ id, snapshot })
    }
    return await use(snapshots.map(({ id, snapshot }) => ({ projectId: id, files: snapshot.files })))
  } finally {
    for (const { snapshot } of snapshots) snapshot[Symbol.dispose]()
  }
}
