// `npm run bench:append`
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SYSTEMS } from './systems.mjs'

const ROUND = fileURLToPath(new URL('round.mjs', import.meta.url))
const rounds = 5
const results = {}
for (let r = 0; r < rounds; r++) {
  for (const system of Object.keys(SYSTEMS)) {
    const folder = mkdtempSync(join(tmpdir(), 'ledgerline-append-'))
    try {
      const out = execFileSync(
        process.execPath,
        [
          '--expose-gc',
          ROUND,
          JSON.stringify({
            system,
            folder,
            bytes: 200,
            inFlight: 256,
            entries: 100000,
            warmUp: 30000,
            seconds: 4,
          }),
        ],
        { encoding: 'utf8' },
      )
      ;(results[system] ??= []).push(JSON.parse(out))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
const median = (v) => v.sort((a, b) => a - b)[v.length >> 1]
for (const [system, list] of Object.entries(results)) {
  const get = (f) => median(list.map((x) => x[f]))
  console.log(
    system.padEnd(12),
    Math.round(get('rate')),
    'a second',
    get('cpu').toFixed(2),
    'µs CPU',
    'p50',
    get('p50')?.toFixed(2),
    'p99',
    get('p99')?.toFixed(2),
    'loop',
    get('loop')?.toFixed(1),
    'rss',
    get('rss').toFixed(0),
  )
}
