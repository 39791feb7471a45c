// `npm start`: installs what is missing, builds, serves ./workspace, and makes a demonstration when it is empty.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build, ROOT } from './build.mjs'
import { ensureInstalled } from './ensure-installed.mjs'

process.chdir(ROOT)
ensureInstalled(ROOT)
build()

const CLI = join(ROOT, 'dist', 'cli', 'main.js')
const workspace = resolve(process.env.LEDGERLINE_WORKSPACE || './workspace')
const isEmpty = !existsSync(join(workspace, 'projects'))

const server = spawn(process.execPath, [CLI, 'serve', '--workspace', workspace], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const ended = new Promise((done) => server.on('exit', (code, signal) => done(signal === null ? code : 1)))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal))

// What the server prints says that it listens; it is shown last, below the demonstration.
const whereToLook = await Promise.race([
  new Promise((done) => server.stdout.once('data', done)),
  ended.then(() => ''),
])
if (whereToLook === '') process.exit((await ended) || 1)

if (isEmpty) await demonstrate()
process.stdout.write(whereToLook)
server.stdout.pipe(process.stdout)
process.exit((await ended) ?? 1)

async function demonstrate() {
  const { openLedger } = await import('../dist/index.js')
  const { makeDemonstration } = await import('../demo/main.mjs')
  try {
    const ledger = await openLedger({ workspace })
    await makeDemonstration(ledger, { print: (line) => process.stdout.write(`${line}\n`) })
    await ledger.close()
  } catch (error) {
    process.stderr.write(`ledgerline: the demonstration failed: ${error.message}\n`)
    server.kill('SIGTERM')
    await ended
    process.exit(1)
  }
  const { status } = spawnSync(process.execPath, [CLI, 'stats', '--workspace', workspace], {
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(1)
}
