/** The stats engine, loaded when the first question is asked. */
import type { StatsEngine } from '../stats/stats-engine.js'

export async function loadEngine(): Promise<StatsEngine> {
  const [{ createDuckDbEngine }, { createIndexEngine }] = await Promise.all([
    import('../stats/duckdb/engine.js'),
    import('../stats/index/engine.js'),
  ])
  return createIndexEngine(createDuckDbEngine())
}
