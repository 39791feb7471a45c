// Installs what is missing, builds, and runs all tests. Arguments go to vitest.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { build, ROOT } from './build.mjs'
import { ensureInstalled } from './ensure-installed.mjs'

ensureInstalled(ROOT)
build()
const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
const { status } = spawnSync(process.execPath, [vitest, 'run', ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: 'inherit',
})
process.exit(status ?? 1)
