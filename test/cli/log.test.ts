import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Cli, openCli } from './run-cli.js'

let cli: Cli
let projectId: string
beforeEach(async () => {
  cli = await openCli()
  projectId = await cli.project('Support bot')
})
afterEach(() => cli[Symbol.asyncDispose]())

const entry = (id: string, more: object = {}) => ({
  id,
  chat_id: 'c1',
  model: 'm1',
  status: 'success',
  ...more,
})
const line = (id: string, more?: object) => JSON.stringify(entry(id, more))

async function loggedIds(): Promise<string[]> {
  const file = join(cli.folder, 'workspace/projects/support-bot/logs/llm_requests.jsonl')
  const text = await readFile(file, 'utf8').catch(() => '')
  return text
    .split('\n')
    .filter(Boolean)
    .map((json) => JSON.parse(json).id)
}

test.each<[string, string, string[]]>([
  ['one object on a line', line('r1'), ['r1']],
  ['one object over many lines', JSON.stringify(entry('r1'), null, 2), ['r1']],
  ['a line an object', `${line('r1')}\n${line('r2')}\n`, ['r1', 'r2']],
  [
    'CRLF, blank lines and a byte order mark',
    `\uFEFF${line('r1')}\r\n\r\n  \n${line('r2')}\r\n`,
    ['r1', 'r2'],
  ],
  [
    'lines of two versions',
    `${line('r1', { schema_version: 0 })}\n${line('r2', { future_field: [1] })}`,
    ['r1', 'r2'],
  ],
])('%s', async (_name, input, ids) => {
  const { code, stdout, stderr } = await cli.run(['log', '--project', 'support-bot'], { input })
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout.trimEnd().split('\n')).toEqual(ids)
  expect(await loggedIds()).toEqual(ids)
})

test('the project is named by id, by slug or by the entry itself', async () => {
  const byEntry = line('r3', { project_id: projectId })
  expect((await cli.run(['log', '--project', projectId], { input: line('r1') })).code).toBe(0)
  expect((await cli.run(['log', '--project', 'support-bot'], { input: line('r2') })).code).toBe(0)
  expect((await cli.run(['log'], { input: byEntry })).code).toBe(0)
  expect(await loggedIds()).toEqual(['r1', 'r2', 'r3'])
})

test('an entry keeps its own project, whatever --project says', async () => {
  const otherId = await cli.project('Other')
  const input = [line('r1'), line('r2', { project_id: otherId }), line('r3')].join('\n')
  const { code, stdout, stderr } = await cli.run(['log', '--project', 'support-bot'], { input })
  expect([code, stdout, stderr]).toEqual([0, 'r1\nr2\nr3\n', ''])
  expect(await loggedIds()).toEqual(['r1', 'r3'])
  expect(await cli.json(['show', 'r2', '--project', 'other'])).toMatchObject({ project_id: otherId })
})

describe('entries without a status', () => {
  const open = (id: string) => line(id, { status: undefined })

  test.each([
    [[open('r1'), line('r2')], /^ledgerline: 1 entry had no status: it counts as pending.*\n$/],
    [
      [open('r1'), open('r2'), line('r3')],
      /^ledgerline: 2 entries had no status: they count as pending.*\n$/,
    ],
  ])('are logged, and it is said that they are no requests: %#', async (lines, said) => {
    const { code, stderr } = await cli.run(['log', '--project', 'support-bot'], { input: lines.join('\n') })
    expect(code).toBe(0)
    expect(stderr).toMatch(said)
    expect(await loggedIds()).toHaveLength(lines.length)
    expect((await cli.json(['stats'])).summary.total_requests).toBe(1)
  })

  test('are a number with --json', async () => {
    const input = `${open('r1')}\n${open('r2')}`
    const { code, stderr } = await cli.run(['log', '--json', '--project', 'support-bot'], { input })
    expect(code).toBe(0)
    expect(JSON.parse(stderr)).toEqual({ without_status: 2, message: expect.stringContaining('pending') })
  })

  test('are not spoken of when the status is given, pending or not, or the line was refused', async () => {
    const input = [
      line('r1', { status: 'pending' }),
      line('r2'),
      line('r3', { status: undefined, model: '' }),
    ]
    const { stderr } = await cli.run(['log', '--project', 'support-bot'], { input: input.join('\n') })
    expect(stderr).not.toContain('no status')
  })
})

test('a bad line is reported with its number and the others are logged', async () => {
  const input = [
    line('r1'),
    '{"id":',
    line('r3', { model: '' }),
    '5',
    line('r5', { project_id: 'another' }),
    line('r6', { id: '../x', usage: { prompt_tokens: -1 } }),
    line('r7'),
  ].join('\n')
  const { code, stdout, stderr } = await cli.run(['log', '--project', 'support-bot'], { input })
  expect(code).toBe(1)
  expect(stdout).toBe('r1\nr7\n')
  const complaints = stderr.trimEnd().split('\n')
  expect(complaints.map((text) => /line (\d+): .*\[(\w+)\]/.exec(text)?.slice(1, 3).join(' '))).toEqual([
    '2 BAD_JSON',
    '3 INVALID_MODEL',
    '4 INVALID_ENTRY',
    '5 PROJECT_NOT_FOUND',
    '6 INVALID_ID',
    undefined,
  ])
  expect(complaints.at(-1)).toBe('ledgerline: 5 of 7 entries were not logged')
  expect(complaints[4]).toMatch(/id: .*usage\.prompt_tokens: /)
  expect(await loggedIds()).toEqual(['r1', 'r7'])
})

test('with --json results and complaints are JSON lines', async () => {
  const { code, stdout, stderr } = await cli.run(['log', '--json', '--project', 'support-bot'], {
    input: `${line('r1')}\nnope\n`,
  })
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toEqual({ id: 'r1', logged: true, timestamp: expect.stringMatching(/Z$/) })
  expect(JSON.parse(stderr)).toMatchObject({ line: 2, error: 'BAD_JSON' })
})

test('an entry without a project is refused when none is given', async () => {
  const { code, stderr } = await cli.run(['log'], { input: `${line('r1')}\n${line('r2', { model: '' })}` })
  expect(code).toBe(1)
  expect(stderr).toMatch(/line 2: project_id: .*--project; model: .*\[INVALID_PROJECT_ID\]/)
  expect(stderr).toMatch(/line 1: project_id: .*--project \[INVALID_PROJECT_ID\]/)
})

test('ids come in the order of the lines, however many there are', async () => {
  const ids = Array.from({ length: 3000 }, (_, index) => `r${index}`)
  const { code, stdout } = await cli.run(['log', '--project', 'support-bot'], {
    input: ids.map((id) => line(id)).join('\n'),
  })
  expect(code).toBe(0)
  expect(stdout.trimEnd().split('\n')).toEqual(ids)
  expect(await loggedIds()).toEqual(ids)
})

test('a reader that goes away costs no entry', async () => {
  const child = cli.start(['log', '--project', 'support-bot'])
  child.stdout.destroy()
  const ids = Array.from({ length: 2000 }, (_, index) => `r${index}`)
  child.stdin.end(ids.map((id) => line(id)).join('\n'))
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect(code).toBe(0)
  expect(await loggedIds()).toEqual(ids)
})

test('loads neither Fastify nor DuckDB nor a tokenizer', async () => {
  // CommonJS modules are in the cache, native ones among the shared objects of the process.
  const probe = `data:text/javascript,${encodeURIComponent(`
    import { Module } from 'node:module'
    process.on('exit', () => {
      const loaded = [...Object.keys(Module._cache), ...process.report.getReport().sharedObjects]
      process.stderr.write(loaded.filter((path) => /node_modules/.test(path)).join('\\n'))
    })`)}`
  const run = (args: string[], input = '') =>
    cli.run(args, { input, env: { NODE_OPTIONS: `--import=${probe}` } })
  const heavy = /fastify|duckdb|gpt-tokenizer|typebox/
  const log = await run(['log', '--project', 'support-bot'], line('r1'))
  expect(log.stdout).toBe('r1\n')
  expect(log.stderr).toMatch(/commander/)
  expect(log.stderr).not.toMatch(heavy)
  // Of a small log neither do stats; what reads the lines does.
  expect((await run(['stats'])).stderr).not.toMatch(heavy)
  expect((await run(['query', 'SELECT count(*) FROM llm_requests'])).stderr).toMatch(/duckdb/)
})
