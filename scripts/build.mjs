// Compiles src/ to dist/.
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './ensure-installed.mjs'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))

export function build() {
  run(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'], ROOT)
  chmodSync(join(ROOT, 'dist', 'cli', 'main.js'), 0o755)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build()
