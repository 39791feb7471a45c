// A step of the run in a process of its own: `node <file> '<json>'`, which prints one JSON value.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Runs the file, named relative to this folder. Rejects with what it wrote to standard error. */
export async function inProcess(file, given) {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const child = spawn(process.execPath, [path, JSON.stringify(given)], { stdio: ['ignore', 'pipe', 'pipe'] })
  const end = () => child.kill()
  process.once('exit', end)
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr']) child[name].on('data', (data) => (texts[name] += data))
  const code = await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject))
  process.off('exit', end)
  if (code !== 0) throw new Error(`${file}: ${texts.stderr.trim() || `ended with ${code}`}`)
  return JSON.parse(texts.stdout)
}

/** What this process was given. */
export const given = () => JSON.parse(process.argv[2])

export function printResult(value) {
  process.stdout.write(JSON.stringify(value))
}
