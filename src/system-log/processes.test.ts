/** What only a process of its own can show. The children import the build, `dist/`. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it } from 'vitest'

const MODULE = new URL('../../dist/system-log/system-log.js', import.meta.url).href

let workspace = ''
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'ledgerline-test-'))
})
afterEach(() => rmSync(workspace, { recursive: true, force: true }))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** `log` is open in the child; `env` and `limit` (bytes a file may have, a soft limit) are the child's. */
function run(code: string, options: { env?: NodeJS.ProcessEnv; limit?: number } = {}): Promise<Ended> {
  const source = `
    import { openSystemLog } from ${JSON.stringify(MODULE)}
    const log = await openSystemLog(${JSON.stringify(workspace)})
    ${code}`
  const node = [process.execPath, '--input-type=module', '-e', source]
  const [command = '', ...args] =
    options.limit === undefined ? node : ['prlimit', `--fsize=${options.limit}:unlimited`, ...node]
  const env = { ...process.env, LOG_LEVEL: 'info', ...options.env }
  return ended(spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }))
}

async function ended(child: ChildProcess): Promise<Ended> {
  const out = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk) => {
    out.stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    out.stderr += chunk
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return { code, ...out }
}

function texts(): string[] {
  const folder = join(workspace, 'logs')
  const names = readdirSync(folder).filter((name) => name.includes('.jsonl'))
  return names.flatMap((name) => {
    const bytes = readFileSync(join(folder, name))
    return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().split('\n').slice(0, -1)
  })
}

const messages = (): unknown[] => texts().map((line) => JSON.parse(line).msg)

const FINE = { code: 0, stdout: '', stderr: '' }

it('four processes, rotating and compressing, lose no line and tear none', async () => {
  const env = {
    LEDGERLINE_LOG_MAX_SIZE: '32K',
    LEDGERLINE_LOG_MAX_FILES: '1000',
  }
  const writers = ['a', 'b', 'c', 'd'].map((writer) =>
    run(
      `for (let i = 0; i < 2000; i++) {
         log.logger.info({ i }, '${writer}' + i)
         if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
       }
       await log.close()`,
      { env },
    ),
  )
  expect(await Promise.all(writers)).toEqual([FINE, FINE, FINE, FINE])
  const expected = ['a', 'b', 'c', 'd'].flatMap((writer) =>
    Array.from({ length: 2000 }, (_, i) => `${writer}${i}`),
  )
  expect(messages().sort()).toEqual(expected.sort())
})

it('a process that is alone writes system.jsonl, also after one that was killed', async () => {
  const killed = await run(
    `log.logger.info('first'); setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50)`,
  )
  expect(killed.code).toBeNull()
  expect(await run(`log.logger.info('second'); await log.close()`)).toEqual(FINE)
  expect(readdirSync(join(workspace, 'logs')).filter((name) => name.endsWith('.jsonl'))).toEqual([
    'system.jsonl',
  ])
  expect(messages()).toEqual(['first', 'second'])
})

it('a process that forgets close() ends by itself, with every line written', async () => {
  expect(await run(`for (let i = 0; i < 500; i++) log.logger.info('m' + i)`)).toEqual(FINE)
  expect(messages()).toEqual(Array.from({ length: 500 }, (_, i) => `m${i}`))
})

it.each([
  ['process.exit()', `process.exit(3)`, 3],
  ['an error that nobody catches', `throw new Error('uncaught')`, 1],
])('%s right after the last lines loses none', async (_name, end, code) => {
  const result = await run(`for (let i = 0; i < 500; i++) log.logger.info('m' + i); ${end}`)
  expect(result.code).toBe(code)
  expect(messages().sort()).toEqual(Array.from({ length: 500 }, (_, i) => `m${i}`).sort())
})

it('standard output stays free; without a file the lines are on standard error', async () => {
  const { stdout, stderr } = await run(`log.logger.info('x'); await log.close()`, {
    env: { LEDGERLINE_LOG_FILE: 'false' },
  })
  expect(stdout).toBe('')
  expect(JSON.parse(stderr)).toMatchObject({ level: 'info', msg: 'x' })
})

it('a closed standard error ends no process', async () => {
  const { code } = await run(
    `process.stderr.destroy()
     for (let i = 0; i < 10; i++) { log.logger.info('x'); await new Promise((resolve) => setImmediate(resolve)) }
     await log.close()`,
    { env: { LEDGERLINE_LOG_FILE: 'false' } },
  )
  expect(code).toBe(0)
})

it('a folder that is replaced by a file while logging ends no process; the log goes on when it is back', async () => {
  const result = await run(`
    import { renameSync, rmSync, writeFileSync, existsSync } from 'node:fs'
    const until = async (condition) => { while (!condition()) await new Promise((r) => setTimeout(r, 20)) }
    const folder = ${JSON.stringify(join(workspace, 'logs'))}
    log.logger.info('before')
    await new Promise((r) => setTimeout(r, 1100))
    rmSync(folder, { recursive: true })
    writeFileSync(folder, '')
    let told = ''
    process.stderr.write = (text) => { told += text; return true }
    log.logger.info('meanwhile')
    await until(() => told !== '')
    log.logger.info('still')
    rmSync(folder)
    await until(() => existsSync(folder + '/system.jsonl'))
    log.logger.info('after')
    await log.close()
    process.stdout.write(told)`)
  expect(result).toMatchObject({ code: 0, stderr: '' })
  expect(result.stdout).toMatch(/^ledgerline: .*cannot be written.*\n$/)
  expect(messages()).toEqual(['meanwhile', 'still', 'after'])
})

// prlimit is part of util-linux; other systems have no way to refuse a write in mid-line and allow it later.
const HAS_PRLIMIT = process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0

it.skipIf(!HAS_PRLIMIT)(
  'a disk that takes half a line and then none: every line once, in order, when it takes more',
  async () => {
    const result = await run(
      `import { execFileSync } from 'node:child_process'
     for (let i = 0; i < 3000; i++) {
       log.logger.info('m' + i)
       if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
     }
     await new Promise((resolve) => setTimeout(resolve, 200))
     execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=unlimited'])
     await log.close()`,
      { limit: 100_001 },
    )
    expect(result).toMatchObject({ code: 0, stdout: '' })
    expect(result.stderr).toMatch(/^ledgerline: .*EFBIG[^\n]*\n$/)
    expect(messages()).toEqual(Array.from({ length: 3000 }, (_, i) => `m${i}`))
  },
)

it.skipIf(!HAS_PRLIMIT)('a disk that stays full ends no process; close() says how much is lost', async () => {
  const result = await run(
    `for (let i = 0; i < 3000; i++) log.logger.info('m' + i)
     await log.close()`,
    { limit: 100_001 },
  )
  expect(result).toMatchObject({ code: 0, stdout: '' })
  expect(result.stderr).toMatch(
    /EFBIG[^\n]*\nledgerline: system log closed, \d+ lines could not be written\n$/,
  )
  expect(existsSync(join(workspace, 'logs', 'system.jsonl'))).toBe(true)
})
