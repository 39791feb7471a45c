import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Cli, openCli, outcomeOf, untilPrinted } from './run-cli.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** `npm start` without the install and the build, which would change dist/ below the other tests. */
const START = join(ROOT, 'scripts', 'start', 'serve-workspace.mjs')

let cli: Cli
let folder: string
beforeAll(async () => {
  cli = await openCli()
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-start-'))
})
afterAll(async () => {
  await cli[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** Until it says how to stop it; then it is stopped by as many signals at once. */
async function start(signals: number) {
  const child = spawn(process.execPath, [START], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', LEDGERLINE_WORKSPACE: join(folder, 'w'), LEDGERLINE_PORT: '0' },
    stdio: 'pipe',
  })
  const done = outcomeOf(child)
  await untilPrinted(child, /Ctrl-C stops it\.\n/)
  for (let i = 0; i < signals; i++) child.kill('SIGINT')
  return done
}

describe('npm start', () => {
  test('demonstrates once, prints the stats each time, and says what to try', async () => {
    const first = await start(1)
    expect(first.code).toBe(0)
    expect(first.stdout).toMatch(/: 1 call of gpt/)
    expect(first.stdout).toMatch(/: 2 calls of gpt/)
    expect(first.stdout).toContain(
      '19 calls were made, 19 entries are in the log; the provider counted 20 HTTP requests, and so did the entries (1 call was retried).',
    )
    const second = await start(1)
    expect(second.code).toBe(0)
    expect(second.stdout).not.toContain('calls of')
    for (const { stdout } of [first, second]) {
      expect(stdout).toMatch(/│ Requests\s+│\s+19 │/)
      expect(stdout).toMatch(/^Try {4}curl -s 'http:\/\/127\.0\.0\.1:\d+\/api\/stats/m)
      expect(stdout).toMatch(/node .*main\.js tail -n 5 --workspace '/)
      expect(stdout).toMatch(/Ctrl-C stops it\.\n$/)
      expect(stdout.indexOf('Requests')).toBeLessThan(stdout.indexOf('Ledgerline listens'))
    }
    expect(first.stderr + second.stderr).not.toContain('Server listening')
  })

  test('the one Ctrl-C that comes twice, from the terminal and from npm, ends it in peace', async () => {
    expect((await start(2)).code).toBe(0)
  })
})

test('a SIGTERM that only npm gets ends the server', async () => {
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
  const script = String(scripts.start).replace('scripts/start.mjs', `'${START}'`)
  expect(script).toContain(START)
  const own = join(folder, 'package')
  await mkdir(own)
  await writeFile(join(own, 'package.json'), JSON.stringify({ scripts: { start: script } }))
  const npm = spawn('npm', ['start'], {
    cwd: own,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: own,
      LEDGERLINE_PORT: '0',
      npm_config_update_notifier: 'false',
    },
    stdio: 'pipe',
    detached: true,
  })
  onTestFinished(() => endGroup(npm.pid))
  const closed = new Promise((resolve) => npm.on('close', () => resolve('closed')))
  const printed = await untilPrinted(npm, /Ctrl-C stops it\.\n/)
  const url = /Ledgerline listens on (\S+)/.exec(printed)?.[1] ?? ''
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  npm.stdout.resume()
  npm.kill('SIGTERM')
  // Everybody who holds the pipes has ended, the server with them.
  expect(await closed).toBe('closed')
  await expect(fetch(`${url}/healthz`)).rejects.toThrow()
})

/** What a failed test leaves; after one that passed there is nothing. */
function endGroup(leader: number | undefined): void {
  if (leader === undefined) return
  try {
    process.kill(-leader, 'SIGTERM')
  } catch {}
}

describe('a demonstration that does not add up', () => {
  const load = (path: string) => import(pathToFileURL(join(ROOT, path)).href)

  test('is not praised', async () => {
    const [{ makeDemonstration }, { openLedger }, { requireAgreement }] = await Promise.all(
      ['demo/main.mjs', 'dist/index.js', 'scripts/start/demonstrate.mjs'].map(load),
    )
    const systemLog = { level: 'silent', file: false, pretty: false }
    const ledger = await openLedger({ workspace: join(folder, 'short'), systemLog })
    const printed: string[] = []
    // The stand-in hides an entry: the real ledger loses none.
    const short = {
      ...ledger,
      async getLLMRequestLogs(filter: object) {
        const page = await ledger.getLLMRequestLogs(filter)
        return { ...page, entries: page.entries.slice(1) }
      },
    }
    const result = await makeDemonstration(short, { print: (line: string) => printed.push(line) })
    await ledger.close()
    expect(result).toMatchObject({ calls: 19, entries: 17, served: 20, agrees: false })
    expect(printed.join('\n')).not.toContain('and so did')
    expect(() => requireAgreement(result)).toThrow(
      /does not add up: 19 calls were made and 17 entries are in the log; .* 20 HTTP requests and the entries 1\d/,
    )
  })
})
