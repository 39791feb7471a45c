// chdb is half a gigabyte: it is installed by this bench only, and the bench goes on where it cannot be.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const HERE = fileURLToPath(new URL('.', import.meta.url))

/** Whether chdb is there by now; says so on standard error when it is not. */
export function clickhouseInstalled() {
  if (existsSync(join(HERE, 'node_modules', '.package-lock.json'))) return loads()
  process.stderr.write('installing chdb for this bench, about 550 MB …\n')
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync('npm', args, { cwd: HERE, stdio: ['ignore', 2, 2] })
  return status === 0 ? loads() : absent('npm could not install it')
}

/** In a process of its own: it may be of another platform than this one. */
function loads() {
  const code = "new (await import('chdb')).Session().close()"
  const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { cwd: HERE })
  return status === 0 ? true : absent('it does not run on this machine')
}

function absent(why) {
  process.stderr.write(`the ClickHouse engine is left out of the comparison: ${why} (chdb, bench/stats)\n`)
  return false
}
