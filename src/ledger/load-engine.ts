/** The stats engine, loaded when the first question is asked. */
import type { Turnstile } from '../stats/duckdb/turnstile.js'
import type { CountingEngine } from '../stats/stats-engine.js'

export async function loadEngine(turnstile: Turnstile, workspace: string): Promise<CountingEngine> {
  const [{ createDuckDbEngine }, { createIndexEngine }] = await Promise.all([
    import('../stats/duckdb/engine.js'),
    import('../stats/index/engine.js'),
  ])
  return createIndexEngine(createDuckDbEngine({ turnstile }), { folder: workspace })
}
