import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cli, openCli, outcomeOf } from './run-cli.js'

let cli: Cli
beforeAll(async () => {
  cli = await openCli()
  await cli.project('Support bot')
  const entries = [
    {
      id: 'a',
      chat_id: 'c1',
      model: '=cmd()',
      status: 'success',
      usage: { prompt_tokens: 5, completion_tokens: 2 },
    },
    {
      id: 'b',
      chat_id: 'c1',
      model: 'm',
      status: 'error',
      error: { code: 'E1', message: 'x\r\n"y", \u202e\u001b[2J' },
    },
    {
      id: 'c',
      chat_id: 'c2',
      model: 'm',
      status: 'timeout',
      tags: ['t'],
      metadata: { big: 1, text: '\u202ez' },
    },
  ].map((entry, index) => ({
    ...entry,
    timestamp_start: `2026-01-0${index + 1}T10:00:00.000Z`,
    timestamp_end: `2026-01-0${index + 1}T10:00:01.000Z`,
  }))
  const input = entries.map((entry) => JSON.stringify(entry)).join('\n')
  expect((await cli.run(['log', '--project', 'support-bot'], { input })).code).toBe(0)
})
afterAll(() => cli[Symbol.asyncDispose]())

const output = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await cli.run(args)
  expect([code, stderr]).toEqual([0, ''])
  return stdout
}

describe('query', () => {
  test('is CSV where no terminal reads it', async () => {
    expect(await output('query', 'SELECT id, total_tokens FROM llm_requests ORDER BY id')).toBe(
      'id,total_tokens\r\na,7\r\nb,\r\nc,\r\n',
    )
  })

  test('as CSV quotes what must be, and disarms formulas', async () => {
    const sql = `SELECT model, -1 AS minus, '' AS empty, NULL AS none, error_message, tags,
      '-1' AS a, '@x' AS b, e'\\tx' AS c, '+1' AS d, 9007199254740993 AS big FROM llm_requests WHERE id <> 'c' ORDER BY id`
    expect(await output('query', sql, '--format', 'csv')).toBe(
      'model,minus,empty,none,error_message,tags,a,b,c,d,big\r\n' +
        `'=cmd(),-1,"",,,,'-1,'@x,'\tx,'+1,9007199254740993\r\n` +
        `m,-1,"",,"x\r\n""y"", \u202e\u001b[2J",,'-1,'@x,'\tx,'+1,9007199254740993\r\n`,
    )
  })

  test('as JSON is an object a line, exact, with terminal controls escaped', async () => {
    const sql = `SELECT id, metadata, 9007199254740993 AS big, 'NaN'::DOUBLE AS nan, timestamp_start AS at,
      '\u202e' AS "t\u202e", '{"a": 12345678901234567890}'::JSON AS exact FROM llm_requests WHERE id = 'c'`
    const expected =
      '{"id":"c","metadata":{"big":1,"text":"\\u202ez"},"big":9007199254740993,"nan":"NaN",' +
      '"at":"2026-01-03T10:00:00.000Z","t\\u202e":"\\u202e","exact":{"a": 12345678901234567890}}\n'
    expect(await output('query', sql, '--format', 'json')).toBe(expected)
    expect(await output('query', sql, '--json')).toBe(expected)
  })

  test('as a table escapes, cuts long cells, and says when rows are left out', async () => {
    const { stdout, stderr, code } = await cli.run([
      'query',
      "SELECT i, error_message AS text, repeat('x', 5000) AS long FROM llm_requests, range(1001) t(i) WHERE id = 'b' ORDER BY i",
      '--format',
      'table',
    ])
    expect(code).toBe(0)
    expect(stdout).toContain('x\\r\\n"y", \\u202e\\u001b[2J')
    expect(stdout).toContain(`${'x'.repeat(199)}…`)
    expect(stdout).toMatch(/│ +999 │/)
    expect(stdout).not.toMatch(/│ +1000 │/)
    expect(stderr).toMatch(/only the first 1000 rows/)
  })

  test('as Parquet goes to a file or a pipe', async () => {
    const path = join(cli.folder, 'out.parquet')
    expect(await output('query', 'FROM llm_requests', '--output', 'out.parquet')).toBe('')
    const bytes = readFileSync(path)
    expect(bytes.subarray(0, 4).toString()).toBe('PAR1')
    expect(bytes.subarray(-4).toString()).toBe('PAR1')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect((await output('query', 'FROM llm_requests', '--format', 'parquet')).slice(0, 4)).toBe('PAR1')
  })

  test('narrows to a project', async () => {
    await using own = await openCli()
    for (const name of ['One', 'Two']) {
      await own.project(name)
      const input = `{"chat_id":"c","model":"${name}","status":"success"}`
      expect((await own.run(['log', '--project', name.toLowerCase()], { input })).code).toBe(0)
    }
    const asked = ['query', 'SELECT model FROM llm_requests ORDER BY model']
    expect((await own.run(asked)).stdout).toBe('model\r\nOne\r\nTwo\r\n')
    expect((await own.run([...asked, '--project', 'two'])).stdout).toBe('model\r\nTwo\r\n')
  })

  test.each<[string[], number, RegExp]>([
    [
      ['query', 'SELECT modle FROM llm_requests'],
      2,
      /"modle" not found.*"model".*line 1, column 8.*\[INVALID_SQL\]/,
    ],
    [['query', "SELECT * FROM '/etc/passwd'"], 2, /\[INVALID_SQL\]/],
    [['query', "SELECT '\u001b[2J' FROM \u202e"], 2, /^[^\u001b\u202e]*$/],
    [['query', 'SELECT 1', '--project', 'nope'], 1, /\[PROJECT_NOT_FOUND\]/],
    [['query', 'SELECT 1', '--format', 'xml'], 2, /\[INVALID_OPTION\]/],
    [
      ['query', 'SELECT 1', '--output', 'x.xlsx'],
      2,
      /--output: .*"\.xlsx".*\.csv.*--format.*\[INVALID_OPTION\]/,
    ],
    [['query', 'SELECT 1', '--output', 'x.jsonl.gz'], 2, /"\.gz"/],
    [['export', '--output', 'x.xlsx'], 2, /--output: .*"\.xlsx".*\.jsonl.*--format.*\[INVALID_OPTION\]/],
    [['export', '--json', '--output', 'x.xlsx'], 2, /"\.xlsx/],
    [['query', 'SELECT 1', '--output', 'workspace/x.csv'], 2, /--output.*workspace/],
    [
      ['query', 'SELECT 1', '--output', 'workspace/projects/support-bot/logs/llm_requests.jsonl'],
      2,
      /workspace/,
    ],
    [['query', 'SELECT 1', '--output', 'workspace'], 2, /--output.*folder/],
    [['query', 'SELECT 1', '--output', 'no/folder.csv'], 1, /\[OUTPUT_NOT_WRITABLE\]/],
    [['query'], 2, /\[INVALID_OPTION\]/],
    [['export', 'chats'], 2, /\[INVALID_OPTION\]/],
    [['export', '--chat', 'c1'], 2, /--chat needs --project/],
    [['export', 'messages', '--filter', 'model=m'], 2, /--filter is for llm_requests/],
    [['export', '--filter', 'modle=m'], 2, /--filter.*did you mean model.*\[INVALID_FILTER\]/],
    [['export', '--filter', 'model'], 2, /name=value/],
    [
      ['export', '--filter', 'status=sucess'],
      2,
      /--filter status: is not known: "sucess"; did you mean success\?.*\[INVALID_FILTER\]/,
    ],
    [['stats', '--filter', 'status=ok'], 2, /--filter status: .*pending, success, error, timeout \[/],
    [['export', '--from', 'x'], 2, /--from.*\[INVALID_DATE\]/],
  ])('%j exits with %i', async (args, code, message) => {
    const outcome = await cli.run(args)
    expect(outcome).toMatchObject({ code, stdout: '' })
    expect(outcome.stderr).toMatch(message)
    expect(outcome.stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  test('a failure and a signal leave the file as it was, and nothing beside it', async () => {
    await using own = await openCli()
    await own.project('One')
    const folder = join(own.folder, 'out')
    const temp = join(own.folder, 'tmp')
    for (const path of [folder, temp]) mkdirSync(path)
    writeFileSync(join(folder, 'x.csv'), 'before')
    const env = { TMPDIR: temp }
    const failed = await own.run(['query', "SELECT 'x'::INTEGER", '--output', 'out/x.csv'], { env })
    expect(failed.code).toBe(2)
    const child = own.start(['query', 'SELECT count(*) FROM range(1000000000000)', '--output', 'out/x.csv'], {
      env,
    })
    while (readdirSync(folder).length === 1 || readdirSync(temp).length === 0) await wait(10)
    child.kill('SIGINT')
    const { code, stderr } = await outcomeOf(child)
    expect(code).toBe(1)
    expect(stderr).toMatch(/\[QUERY_CANCELLED\]/)
    expect(readdirSync(folder)).toEqual(['x.csv'])
    expect(readFileSync(join(folder, 'x.csv'), 'utf8')).toBe('before')
    expect(readdirSync(temp)).toEqual([])
  })

  test('what a killed query left is removed by the next, and nothing of one that runs', async () => {
    await using own = await openCli()
    await own.project('One')
    const input = '{"chat_id":"c","model":"m","status":"success"}'
    expect((await own.run(['log', '--project', 'one'], { input })).code).toBe(0)
    const temp = join(own.folder, 'tmp')
    mkdirSync(temp)
    const run = { env: { TMPDIR: temp } }
    // The check of the SQL has a folder too, but no copy of the log in it.
    const copies = (): string[] =>
      readdirSync(temp).filter((name) => {
        try {
          return readdirSync(join(temp, name)).some((file) => file.endsWith('.jsonl'))
        } catch {
          return false
        }
      })
    const child = own.start(['query', 'SELECT count(*) FROM llm_requests, range(1000000000000)'], run)
    while (copies().length === 0) await wait(10)
    const running = copies()
    expect(running).toHaveLength(1)
    expect((await own.run(['query', 'SELECT 1'], run)).code).toBe(0)
    expect(readdirSync(temp)).toEqual(running)
    child.kill('SIGKILL')
    await outcomeOf(child)
    expect(readdirSync(temp)).toEqual(running)
    expect((await own.run(['query', 'SELECT 1'], run)).code).toBe(0)
    expect(readdirSync(temp)).toEqual([])
  })

  test.each<[string, string[], string]>([
    ['x.csv', [], 'a\r\n1\r\n'],
    ['x.CSV', [], 'a\r\n1\r\n'],
    ['x.json', [], '{"a":1}\n'],
    ['x.jsonl', [], '{"a":1}\n'],
    ['x.v2.NDJSON', [], '{"a":1}\n'],
    ['no-ending', [], 'a\r\n1\r\n'],
    ['x.xlsx', ['--format', 'csv'], 'a\r\n1\r\n'],
    ['x.txt', ['--json'], '{"a":1}\n'],
    ['x.parquet', ['--format', 'csv'], 'a\r\n1\r\n'],
  ])('--output %s %j', async (name, args, expected) => {
    await output('query', 'SELECT 1 AS a', '--output', name, ...args)
    expect(readFileSync(join(cli.folder, name), 'utf8')).toBe(expected)
  })

  test('takes the place of a link, and writes nothing through it', async () => {
    const target = join(cli.folder, 'target.csv')
    writeFileSync(target, 'kept')
    symlinkSync(target, join(cli.folder, 'link.csv'))
    await output('query', 'SELECT 1 AS a', '--output', 'link.csv')
    expect(readFileSync(target, 'utf8')).toBe('kept')
    expect(readFileSync(join(cli.folder, 'link.csv'), 'utf8')).toBe('a\r\n1\r\n')
  })

  test('ends quietly when nobody reads on', async () => {
    const child = cli.start(['query', 'SELECT i FROM range(3000000) t(i)'])
    child.stdout.once('data', () => child.stdout.destroy())
    const { code, stderr } = await outcomeOf(child)
    expect([code, stderr]).toEqual([0, ''])
  })

  test('writes nothing into the workspace', async () => {
    const workspace = join(cli.folder, 'workspace')
    const list = (): string[] => readdirSync(workspace, { recursive: true, encoding: 'utf8' }).sort()
    const before = list()
    await output('query', 'SELECT count(*) FROM llm_requests, messages')
    expect(list()).toEqual(before)
    expect(existsSync(join(workspace, 'logs', 'integrity'))).toBe(before.includes('logs/integrity'))
  })
})

describe('export', () => {
  const idsOf = (text: string): string[] =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id)

  test('gives the lines as they are in the file', async () => {
    const log = join(cli.folder, 'workspace', 'projects', 'support-bot', 'logs', 'llm_requests.jsonl')
    expect(await output('export')).toBe(readFileSync(log, 'utf8'))
  })

  test.each<[string[], string[]]>([
    [
      ['--filter', 'status=error', '--filter', 'status=timeout'],
      ['b', 'c'],
    ],
    [['--filter', 'tag=t'], ['c']],
    [['--filter', 'metadata.big=1'], ['c']],
    [['--filter', 'model==cmd()'], ['a']],
    [['--from', '2026-01-02', '--to', '2026-01-02'], ['b']],
    [
      ['--project', 'support-bot', '--chat', 'c1'],
      ['a', 'b'],
    ],
  ])('%j gives %j', async (args, ids) => {
    expect(idsOf(await output('export', ...args))).toEqual(ids)
  })

  test('the name of the file says the format', async () => {
    await output('export', '--output', 'all.csv')
    expect(readFileSync(join(cli.folder, 'all.csv'), 'utf8')).toMatch(/^id,project_id,.*\r\na,/)
    await output('export', '--output', 'all.jsonl')
    expect(idsOf(readFileSync(join(cli.folder, 'all.jsonl'), 'utf8'))).toEqual(['a', 'b', 'c'])
    await output('export', 'messages', '--output', 'all.parquet')
    expect(readFileSync(join(cli.folder, 'all.parquet')).subarray(0, 4).toString()).toBe('PAR1')
    for (const [name, args] of [
      ['all', []],
      ['all.NDJSON', []],
      ['all.json', []],
      ['all.txt', ['--format', 'jsonl']],
      ['not.csv', ['--format', 'jsonl']],
    ] as const) {
      await output('export', '--output', name, ...args)
      expect(idsOf(readFileSync(join(cli.folder, name), 'utf8'))).toEqual(['a', 'b', 'c'])
    }
  })
})

test('stats --filter: any of the values of a name, and every name', async () => {
  const total = async (...args: string[]): Promise<number> =>
    (await cli.json(['stats', ...args])).summary.total_requests
  expect(await total('--filter', 'model=m')).toBe(2)
  expect(await total('--filter', 'status=error', '--filter', 'status=success')).toBe(2)
  expect(await total('--filter', 'model=m', '--filter', 'status=success')).toBe(0)
  expect(await total('--filter', 'metadata.text=\u202ez')).toBe(1)
  const { code, stderr } = await cli.run(['stats', '--filter', 'modle=m'])
  expect([code, stderr]).toEqual([2, expect.stringMatching(/--filter.*did you mean model/)])
  const grouped = await cli.run(['stats', '--group-by', 'day,modle'])
  expect([grouped.code, grouped.stderr]).toEqual([2, expect.stringMatching(/--group-by.*did you mean model/)])
})
