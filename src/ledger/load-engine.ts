/** The stats engine, loaded when the first question is asked. */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import type { Turnstile } from '../stats/duckdb/turnstile.js'
import type { CountingEngine } from '../stats/stats-engine.js'

/** Absent where the sources are run as they are, or were bundled into another file. */
const BUILDER = new URL('../stats/index/build/main.js', import.meta.url)
/** As many as there are questions at once: it takes their places. */
const MAX_AT_ONCE = 2

export async function loadEngine(turnstile: Turnstile, workspace: string): Promise<CountingEngine> {
  const [{ createDuckDbEngine }, { createIndexEngine }] = await Promise.all([
    import('../stats/duckdb/engine.js'),
    import('../stats/index/engine.js'),
  ])
  const atOnce = Math.min(MAX_AT_ONCE, availableParallelism())
  const builder = isNode() && existsSync(BUILDER) ? { script: BUILDER, atOnce } : undefined
  return createIndexEngine(createDuckDbEngine({ turnstile }), { builder, folder: workspace })
}

/** An application that brings its own Node would be started a second time. */
function isNode(): boolean {
  return /^node(js)?(\.exe)?$/.test(basename(process.execPath))
}
