// Installs what the lock file names when it is not there: a fresh clone needs no other step.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Installs what the lock file of `dir` names, unless its node_modules is as new as that. Not by `npm ci`: it refuses a
 * lock that lacks optional packages of other platforms, and not every registry carries them all.
 */
export function ensureInstalled(dir) {
  const installed = join(dir, 'node_modules', '.package-lock.json')
  const lock = join(dir, 'package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], dir)
}

/** Runs a command with its output on this one's standard error; a failure ends this process with its code. */
export function run(command, args, cwd) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2] })
  if (error !== undefined) process.stderr.write(`${command}: ${error.message}\n`)
  if (status !== 0) process.exit(status ?? 1)
}
