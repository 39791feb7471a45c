import { createDuckDbEngine } from '../../../src/stats/duckdb/engine.js'
import { createIndexEngine } from '../../../src/stats/index/engine.js'
import { describeStatsEngine } from './describe-stats-engine.js'

describeStatsEngine('the index', () => createIndexEngine(createDuckDbEngine()))

describeStatsEngine('the index, each file read at once and each growth made a part', () =>
  createIndexEngine(createDuckDbEngine(), { atOnceFrom: 0, partEvery: 1 }),
)
