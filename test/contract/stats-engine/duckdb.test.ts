import { createDuckDbEngine } from '../../../src/stats/duckdb/engine.js'
import { describeStatsEngine } from './describe-stats-engine.js'

describeStatsEngine('DuckDB', () => createDuckDbEngine(), {
  without: {
    'a question mark in a path': 'what follows it is taken for a query, so that .gz is not seen',
  },
})
