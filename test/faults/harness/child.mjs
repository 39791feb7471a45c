// A script of ../children/ as a child process.
import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** @param {string} script @param {string[]} args @param {NodeJS.ProcessEnv} [env] */
export function runChild(script, args, env = {}) {
  const path = fileURLToPath(new URL(`../children/${script}`, import.meta.url))
  const child = spawn(process.execPath, [path, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  /** @type {Promise<{code: number | null, signal: string | null, stdout: string, stderr: string}>} */
  const exited = new Promise((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })),
  )
  return {
    process: child,
    exited,
    /** Resolves when its output holds the text, or it ended. @param {string} text */
    async said(text) {
      while (!stdout.includes(text) && child.exitCode === null && child.signalCode === null) await delay(5)
    },
  }
}
