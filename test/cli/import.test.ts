import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerLine, at, CLAUDE, linesOf, toolLine } from '../import/session-lines.js'
import { type Cli, openCli } from './run-cli.js'

const KILLED = fileURLToPath(new URL('import-until-killed.mjs', import.meta.url))

let cli: Cli
let sessions: string
beforeAll(async () => {
  cli = await openCli()
  sessions = join(cli.folder, 'sessions')
  await cli.project('Coding')
  await cli.project('Other')
})
afterAll(() => cli[Symbol.asyncDispose]())

/** `calls` answers of three states each, with results of tools between them, in files of 50. */
function writeSessions(folder: string, calls: number): number {
  mkdirSync(folder, { recursive: true })
  let bytes = 0
  for (let first = 0; first < calls; first += 50) {
    const lines = Array.from({ length: 50 }, (_, index) => {
      const id = `${first + index}`
      const session = `session-${first}`
      return linesOf(
        ...[1, 2, 300].map((output, state) =>
          answerLine({
            id,
            session,
            output,
            at: at(first + index + state / 10),
            finish: state === 2 ? 'end_turn' : null,
          }),
        ),
        toolLine('x'.repeat(20_000), session),
      )
    }).join('')
    bytes += lines.length
    writeFileSync(join(folder, `${first}.jsonl`), lines)
  }
  return bytes
}

test('a dry run prints what would be, and changes no file', async () => {
  writeSessions(sessions, 100)
  const before = fingerprint(cli.folder)
  const args = ['import', 'claude-code', sessions, '--project', 'coding', '--dry-run']
  const { code, stdout, stderr } = await cli.run(args)
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(
    /^Read 400 records in 2 files, [\d,]+ bytes\.\nWould be imported: 100 new, 0 changed, 0 known\.\nSkipped records: superseded 200\.\n/,
  )
  expect(stdout).toMatch(new RegExp(`${CLAUDE}.* 100 `))
  expect(fingerprint(cli.folder)).toEqual(before)
})

test('an import is in the stats, and again there is nothing new', async () => {
  const args = ['import', 'claude-code', sessions, '--project', 'coding']
  expect(await cli.json(args)).toMatchObject({
    format: 'claude-code',
    dry_run: false,
    new_entries: 100,
    by_model: [{ model: CLAUDE, entries: 100, completion_tokens: 30_000, unpriced_entries: 0 }],
    problems: [],
  })
  const { summary } = await cli.json(['stats', '--project', 'coding'])
  expect(summary).toMatchObject({ total_requests: 100, completion_tokens: 30_000 })
  const { stdout } = await cli.run(args)
  expect(stdout).toMatch(/\nImported: 0 new, 0 changed, 100 known\.\n/)
  expect((await cli.json(['stats', '--project', 'coding'])).summary).toEqual(summary)
})

test('killed at any moment and run again, the result is that of one run', async () => {
  const folder = join(cli.folder, 'many')
  const bytes = writeSessions(folder, 600)
  const workspace = join(cli.folder, 'workspace')
  const whole = await cli.project('Whole')
  const cut = await cli.project('Cut')
  await cli.json(['import', 'claude-code', folder, '--project', whole])
  let before = 0
  for (const share of [0.01, 0.2, 0.5, 0.9, 0.99]) {
    const args = [KILLED, workspace, cut, folder, String(Math.floor(bytes * share))]
    expect(spawnSync(process.execPath, args)).toMatchObject({ signal: 'SIGKILL' })
    const { known_entries: known, new_entries: missing } = await cli.json([
      ...['import', 'claude-code', folder, '--project', cut, '--dry-run'],
    ])
    expect(known + missing).toBe(600)
    expect(known).toBeGreaterThanOrEqual(before)
    before = known
  }
  expect(before).toBeGreaterThan(0)
  expect(before).toBeLessThan(600)
  expect(await cli.json(['import', 'claude-code', folder, '--project', cut])).toMatchObject({
    new_entries: 600 - before,
    changed_entries: 0,
    known_entries: before,
  })
  const answers = await Promise.all(
    [whole, cut].map(async (project) => {
      const { summary, models, breakdown } = await cli.json([
        'stats',
        '--project',
        project,
        '--group-by',
        'chat',
      ])
      return { ...summary, integrity: null, models, breakdown }
    }),
  )
  expect(answers[1]).toEqual(answers[0])
  expect(answers[0]).toMatchObject({ total_requests: 600, completion_tokens: 600 * 300 })
})

test('files that are not read are named safely, and the exit is 1', async () => {
  const folder = join(cli.folder, 'links')
  mkdirSync(folder)
  const name = 'a\u001b[2J\u202e\nforged: line.jsonl'
  writeFileSync(join(folder, 'real.jsonl'), linesOf(answerLine({ id: 'link', output: 1, at: at(0) })))
  symlinkSync(join(folder, 'real.jsonl'), join(folder, name))
  const args = ['import', 'claude-code', folder, join(folder, 'missing'), '--project', 'other']
  const { code, stdout, stderr } = await cli.run(args)
  expect(code).toBe(1)
  expect(stdout).toMatch(/\nImported: 1 new, /)
  const lines = stderr.trimEnd().split('\n')
  expect(lines).toHaveLength(2)
  expect(lines[0]).toMatch(/a\\u001b\[2J\\u202e\\nforged: line\.jsonl is a symbolic link \[PATH_IS_SYMLINK\]/)
  expect(lines[1]).toMatch(/missing: there is no such file \[SOURCE_UNREADABLE\]/)
  const json = await cli.json(args)
  expect(json.problems).toMatchObject([{ error: 'PATH_IS_SYMLINK' }, { error: 'SOURCE_UNREADABLE' }])
})

test('names of models are printed safely', async () => {
  const path = join(cli.folder, 'hostile.jsonl')
  const message = {
    role: 'assistant',
    id: 'm',
    model: 'a\u202eb',
    usage: { input_tokens: 1, output_tokens: 1 },
  }
  writeFileSync(path, linesOf(answerLine({ id: 'h', output: 1, at: at(0), more: { message } })))
  const { stdout } = await cli.run(['import', 'claude-code', path, '--project', 'other', '--dry-run'])
  expect(stdout).toContain('a\\u202eb')
  expect(stdout).toMatch(/ unpriced /)
  expect(stdout).not.toContain('$0.00')
})

test.each<[string, string[], number, RegExp]>([
  ['no project', ['codex', 'x'], 2, /--project/],
  ['no path', ['codex', '--project', 'coding'], 2, /paths/],
  ['an unknown format', ['csv', 'x', '--project', 'coding'], 2, /claude-code/],
  ['an unknown project', ['codex', 'x', '--project', 'nobody'], 1, /PROJECT_NOT_FOUND/],
])('%s exits with its code', async (_name, args, code, message) => {
  expect(await cli.run(['import', ...args])).toMatchObject({
    code,
    stdout: '',
    stderr: expect.stringMatching(message),
  })
})

/** Every file below the folder with its mode and hash. */
function fingerprint(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(folder, name)
      const stat = statSync(path)
      const content = stat.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : ''
      return `${name} ${stat.mode} ${content}`
    })
}
