/** The stats engine, loaded when the first question is asked. */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { Turnstile } from '../stats/duckdb/turnstile.js'
import type { CountingEngine } from '../stats/stats-engine.js'

/** Absent where the sources are run as they are, or were bundled into another file. */
const BUILDER = new URL('../stats/index/build/worker.js', import.meta.url)
const MAX_BUILDERS = 2

export async function loadEngine(turnstile: Turnstile): Promise<CountingEngine> {
  const [{ createDuckDbEngine }, { createIndexEngine }] = await Promise.all([
    import('../stats/duckdb/engine.js'),
    import('../stats/index/engine.js'),
  ])
  const threads = Math.min(MAX_BUILDERS, availableParallelism())
  const builders = existsSync(BUILDER) ? { script: BUILDER, threads } : undefined
  return createIndexEngine(createDuckDbEngine({ turnstile }), { builders })
}
