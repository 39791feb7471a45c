/** Each kind of secret through the command line: what is logged, exported, printed and complained of. */
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { openCli } from '../cli/run-cli.js'
import { oneOfEach } from './kinds.js'
import { type Found, filesBelow, leaks } from './nothing-holds.js'
import { entriesWith } from './places.js'

async function rowsOfParquet(path: string): Promise<string> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const reader = await connection.runAndReadAll(`SELECT * FROM '${path}'`)
  const rows = reader.getRowsJson()
  connection.closeSync()
  instance.closeSync()
  return JSON.stringify(rows)
}

test('no secret is in a file, an export or what is printed', async () => {
  const secrets = oneOfEach()
  await using cli = await openCli()
  await cli.project('Watched')
  const said: Found[] = []
  const run = async (args: readonly string[], input = ''): Promise<number | null> => {
    const { code, stdout, stderr } = await cli.run(args, { input, env: { LOG_LEVEL: 'trace' } })
    const command = args[0]?.slice(0, 10)
    said.push([`standard output of ${command}`, stdout], [`standard error of ${command}`, stderr])
    return code
  }
  const entries = secrets.map(({ shown }) => entriesWith(shown))
  const bad = secrets.flatMap(({ shown }) => [shown, `{"${shown}`, JSON.stringify(shown)])
  const lines = entries
    .flatMap(({ taken, refused }) => [...taken, ...refused])
    .map((one) => JSON.stringify(one))
  const input = [...lines, ...bad].join('\n')
  expect(await run(['log', '--project', 'watched'], input)).toBe(1)
  expect(await run(['log', '--project', 'watched', '--json'], input)).toBe(1)

  const all = secrets.map(({ shown }) => shown).join(' ')
  const refused: readonly (readonly string[])[] = [
    ['log', '--project', all],
    ['projects', 'create', all],
    ['show', all, '--project', 'watched'],
    ['stats', '--group-by', all],
    ['stats', `--${all}`],
    [all],
    ['query', `SELECT "${all}" FROM llm_requests`],
    ['import', 'codex', all, '--project', 'watched'],
    ['serve', '--upstreams', all],
  ]
  for (const args of refused) {
    expect(await run(args), args[0]).toBeGreaterThan(0)
    expect(await run([...args, '--json']), args[0]).toBeGreaterThan(0)
  }

  expect(await run(['rotate'])).toBe(0)
  for (const ending of ['csv', 'json', 'jsonl', 'parquet']) {
    expect(await run(['query', 'FROM llm_requests', '--output', `all.${ending}`])).toBe(0)
  }
  expect(await run(['export', '--project', 'watched'])).toBe(0)
  expect(await run(['stats', '--group-by', 'user', '--json'])).toBe(0)
  const exported = await rowsOfParquet(join(cli.folder, 'all.parquet'))
  expect(JSON.parse(exported).length).toBeGreaterThan(secrets.length * 5)
  expect(leaks(secrets, [...filesBelow(cli.folder), ...said, ['the rows of Parquet', exported]])).toEqual([])
})
