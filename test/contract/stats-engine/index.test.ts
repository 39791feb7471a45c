import { createDuckDbEngine } from '../../../src/stats/duckdb/engine.js'
import { createIndexEngine } from '../../../src/stats/index/engine.js'
import { describeStatsEngine } from './describe-stats-engine.js'

describeStatsEngine('the index', () => createIndexEngine(createDuckDbEngine()), {
  without: {
    'a question mark in a path': 'DuckDB, which makes the list of requests, does not see that it ends in .gz',
  },
})

describeStatsEngine(
  'the index, each file read at once and each growth made a part',
  () => createIndexEngine(createDuckDbEngine(), { atOnceFrom: 0, partEvery: 1 }),
  { without: { 'a question mark in a path': 'as above, and DuckDB reads the files' } },
)
