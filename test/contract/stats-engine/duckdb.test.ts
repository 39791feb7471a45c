import { createDuckDbEngine } from '../../../src/stats/duckdb/engine.js'
import { describeStatsEngine } from './describe-stats-engine.js'

describeStatsEngine('DuckDB', () => createDuckDbEngine())
