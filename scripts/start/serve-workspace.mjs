// Serves ./workspace until a signal; first makes a demonstration when it has no project, and prints the stats.
import { spawn, spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { demonstrate } from './demonstrate.mjs'
import { forwardSignals } from './forward-signals.mjs'

const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const workspace = resolve(process.env.LEDGERLINE_WORKSPACE || './workspace')
const hadProjects = hasProjects()

const server = spawn(process.execPath, [CLI, 'serve', '--workspace', workspace], {
  stdio: ['ignore', 'pipe', 'inherit'],
  // Its log is in the file; here are our own lines. Without a terminal of its own, Ctrl-C reaches it once, through us.
  env: { LEDGERLINE_LOG_PRETTY: 'false', ...process.env },
  detached: true,
})
const ended = new Promise((done) => server.on('exit', (code, signal) => done(signal === null ? code : 1)))
forwardSignals(server)

// What the server prints says that it listens; it is shown last, below the stats.
const whereToLook = await Promise.race([
  new Promise((done) => server.stdout.once('data', (chunk) => done(String(chunk)))),
  ended.then(() => ''),
])
if (whereToLook === '') process.exit((await ended) || 1)

try {
  if (!hadProjects) await demonstrate(workspace, (line) => process.stdout.write(`${line}\n`))
  printStats()
} catch (error) {
  process.stderr.write(`ledgerline: ${error.message}\n`)
  server.kill('SIGTERM')
  await ended
  process.exit(1)
}
process.stdout.write(whereToLook + whatToTry(/http:\S+/.exec(whereToLook)?.[0]))
server.stdout.pipe(process.stdout)
process.exit((await ended) ?? 1)

function hasProjects() {
  try {
    return readdirSync(join(workspace, 'projects')).length > 0
  } catch {
    return false
  }
}

function printStats() {
  const { status } = spawnSync(process.execPath, [CLI, 'stats', '--workspace', workspace], {
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('the stats could not be printed')
}

function whatToTry(url) {
  const command = `node ${relative(process.cwd(), CLI)}`
  const option =
    workspace === resolve('workspace') ? '' : ` --workspace '${workspace.replaceAll("'", "'\\''")}'`
  return [
    `Try    curl -s '${url}/api/stats?group_by=model'`,
    `       ${command} tail -n 5${option}`,
    `       ${command} stats --group-by day,model${option}`,
    'Ctrl-C stops it.',
    '',
  ].join('\n')
}
