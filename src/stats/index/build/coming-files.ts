/** The files that an update of the index will read as a whole. */
import { existsSync } from 'node:fs'
import { isClosedName, isSummary } from '../../../journal/segments.js'
import type { StatsSource } from '../../stats-engine.js'
import { identityOf } from '../file-identity.js'
import { partPath } from '../part-path.js'
import type { Coming } from './build-ahead.js'

/** Whether the file of this identity was read already, wholly or in part. */
export type IsBegun = (projectId: string, file: string) => boolean

/** In reading order. A part that is there may turn out to be of another file: then that one is read when it is its turn. */
export function comingFiles(
  sources: readonly StatsSource[],
  isBegun: IsBegun,
  atOnceFrom: number,
): readonly Coming[] {
  return sources.flatMap(({ projectId, files }) =>
    files.flatMap((path) => {
      const identity = existsSync(partPath(path)) ? undefined : identityOf(path)
      if (identity === undefined || identity.size < atOnceFrom || isBegun(projectId, identity.file)) return []
      const of = isClosedName(path) || isSummary(path) ? 'closed' : 'growing'
      return [{ path, of, size: identity.size }]
    }),
  )
}
