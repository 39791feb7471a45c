/** What every stats engine must answer. A new engine: one more file beside duckdb.test.ts. */
import { describe } from 'vitest'
import type { StatsEngine } from '../../../src/stats/stats-engine.js'
import { describeConditions } from './conditions.js'
import { describeDamage } from './damage.js'
import { describeFiles } from './files.js'
import { describeGroups } from './groups.js'
import { describeGrowth } from './growth.js'
import { describeGzip } from './gzip.js'
import { describeLife } from './life.js'
import { describeLogs } from './logs.js'
import { describeLoneSurrogates } from './lone-surrogates.js'
import { describeMeasures } from './measures.js'
import { describePercentiles } from './percentiles.js'
import { describeSizes } from './sizes.js'
import { useSubject } from './subject.js'
import { describeSummaries } from './summaries.js'
import { describeWinners } from './winners.js'

const PARTS = {
  measures: describeMeasures,
  percentiles: describePercentiles,
  'an id counts once': describeWinners,
  groups: describeGroups,
  conditions: describeConditions,
  files: describeFiles,
  'files that change': describeGrowth,
  damage: describeDamage,
  'lone surrogates': describeLoneSurrogates,
  gzip: describeGzip,
  summaries: describeSummaries,
  'the list of requests': describeLogs,
  sizes: describeSizes,
  'the engine itself': describeLife,
}

/** `create` is called many times: engines of one process must not need each other, and may share what is on the disk. */
export function describeStatsEngine(name: string, create: () => StatsEngine): void {
  describe(name, () => {
    for (const [part, describePart] of Object.entries(PARTS))
      describe(part, () => describePart(useSubject(create)))
  })
}
