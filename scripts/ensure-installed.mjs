// Installs what the lock file names when it is not there: a fresh clone needs no other step.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Runs `npm ci` in `dir` unless its node_modules is as new as its lock file. */
export function ensureInstalled(dir) {
  const installed = join(dir, 'node_modules', '.package-lock.json')
  const lock = join(dir, 'package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], dir)
}

/** Runs a command with its output on this one's standard error; a failure ends this process with its code. */
export function run(command, args, cwd) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2] })
  if (error !== undefined) process.stderr.write(`${command}: ${error.message}\n`)
  if (status !== 0) process.exit(status ?? 1)
}
