/** The live counters from the files, at open. */
import { REQUESTS } from '../journal/project-journal.js'
import { takeSnapshot } from '../journal/snapshot.js'
import type { LiveCounters } from '../stats/live-counters.js'
import type { Projects } from './projects.js'

/** Counts what the files hold, so that the live counters begin complete. What cannot be read is no reason not to log. */
export async function hydrate(
  counters: LiveCounters,
  projects: Projects,
  onError: (error: unknown) => void,
): Promise<void> {
  const opened = await projects.openAll('openLedger').catch((error: unknown) => {
    onError(error)
    return []
  })
  for (const { logsDir } of opened) {
    try {
      using snapshot = takeSnapshot(logsDir, REQUESTS)
      await counters.hydrate(snapshot.files)
    } catch (error) {
      onError(error)
    }
  }
}
