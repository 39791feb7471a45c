/** The built command as a child process, in a folder of its own. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const MAIN = join(ROOT, 'dist', 'cli', 'main.js')

/** A body as JSON; what a test asserts of it is the check. */
export type Json = ReturnType<typeof JSON.parse>

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Run {
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
}

export interface Cli extends AsyncDisposable {
  readonly folder: string
  /** Runs to the end. */
  run(args: readonly string[], run?: Run): Promise<Outcome>
  /** `run` with --json, and what it printed. */
  json(args: readonly string[], run?: Run): Promise<Json>
  start(args: readonly string[], run?: Run): ChildProcessWithoutNullStreams
  /** Makes a project and gives its id. */
  project(name: string): Promise<string>
}

/** In a temporary folder, with no workspace yet. Builds the package first when it is older than its sources. */
export async function openCli(): Promise<Cli> {
  await ensureBuilt()
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-cli-'))
  const children: ChildProcessWithoutNullStreams[] = []
  const start: Cli['start'] = (args, { env = {} } = {}) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', ...env },
      stdio: 'pipe',
    })
    children.push(child)
    return child
  }
  const run: Cli['run'] = async (args, options = {}) => {
    const child = start(args, options)
    // The command may end before it has read its input.
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.input ?? '')
    return outcomeOf(child)
  }
  return {
    folder,
    run,
    start,
    async json(args, options) {
      const { stdout, stderr, code } = await run([...args, '--json'], options)
      if (stdout === '') throw new Error(`no output, exit ${code}: ${stderr}`)
      return JSON.parse(stdout)
    },
    async project(name) {
      const { stdout, stderr } = await run(['projects', 'create', name])
      if (stderr !== '') throw new Error(stderr)
      return stdout.trim()
    },
    async [Symbol.asyncDispose]() {
      // A test that failed may have left one running; on one that ended this does nothing.
      for (const child of children) child.kill('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Waits for the end of the process. */
export async function outcomeOf(child: ChildProcessWithoutNullStreams): Promise<Outcome> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }
}

/** Resolves with everything printed so far once it matches. */
export async function untilPrinted(child: ChildProcessWithoutNullStreams, pattern: RegExp): Promise<string> {
  let printed = ''
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    printed += String(chunk)
    if (pattern.test(printed)) return printed
  }
  throw new Error(`ended before ${pattern}: ${printed}`)
}

/** Several test files ask at once; one builds. */
async function ensureBuilt(): Promise<void> {
  const lock = join(tmpdir(), `ledgerline-build-${process.getuid?.() ?? 0}`)
  for (;;) {
    try {
      mkdirSync(lock)
      break
    } catch {
      // A lock left behind by a run that was killed is older than any build.
      if (Date.now() - modified(lock) > 60_000) rmdirSync(lock)
      await wait(100)
    }
  }
  try {
    if (modified(MAIN) >= newestSource(join(ROOT, 'src'))) return
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
    spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--incremental', 'false'], { cwd: ROOT })
  } finally {
    rmdirSync(lock)
  }
}

function newestSource(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    ({ name }) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  )
  return Math.max(...files.map(({ parentPath, name }) => modified(join(parentPath, name))))
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
