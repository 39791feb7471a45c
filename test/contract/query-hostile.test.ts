import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Ledger, LedgerlineError } from '../../src/index.js'
import { openTestLedger } from '../fixtures/open-test-ledger.js'
import { rowsOf } from '../fixtures/rows-of.js'
import { tempFolder } from '../fixtures/temp-folder.js'

async function refusal(ledger: Ledger, sql: string): Promise<string> {
  try {
    const result = await ledger.query(sql)
    const rows = await rowsOf(result)
    return `gave ${JSON.stringify(rows)}`
  } catch (error) {
    return error instanceof LedgerlineError ? `${error.code} ${error.message}` : `threw ${error}`
  }
}

describe('SQL that is refused', () => {
  test.each<[string, string, RegExp]>([
    ['a file', "SELECT * FROM '/etc/passwd'", /INVALID_SQL/],
    ['a CSV file', "SELECT * FROM 'FOLDER/secret.csv'", /disabled by configuration/],
    ['a JSON file', "SELECT * FROM 'FOLDER/secret.json'", /disabled by configuration/],
    ['a Parquet file', "SELECT * FROM read_parquet('FOLDER/x.parquet')", /disabled by configuration/],
    ['read_csv', "SELECT * FROM read_csv('FOLDER/secret.csv')", /disabled by configuration/],
    ['read_json of a list', "SELECT * FROM read_json(['FOLDER/secret.json'])", /disabled by configuration/],
    ['read_text', "SELECT * FROM read_text('/etc/passwd')", /disabled by configuration/],
    ['read_blob of the environment', "SELECT * FROM read_blob('/proc/self/environ')", /disabled/],
    ['a pattern', "SELECT * FROM glob('/etc/*')", /disabled by configuration/],
    ['sniff_csv', "SELECT * FROM sniff_csv('/etc/passwd')", /disabled by configuration/],
    ['parquet_metadata', "SELECT * FROM parquet_metadata('FOLDER/x')", /disabled by configuration/],
    ['a file behind query()', "SELECT * FROM query('FROM read_text(''/etc/passwd'')')", /disabled/],
    ['http', "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')", /disabled by configuration/],
    ['s3', "SELECT * FROM 's3://bucket/x.parquet'", /INVALID_SQL/],
    ['secrets', 'SELECT * FROM duckdb_secrets()', /disabled by configuration/],
    ['the environment', "SELECT getenv('HOME')", /INVALID_SQL.*getenv/],
    ['another database', "SELECT * FROM sqlite_scan('FOLDER/x', 't')", /INVALID_SQL/],
    ['COPY TO', "COPY llm_requests TO 'FOLDER/out.csv'", /is no SELECT/],
    ['COPY of a query', "COPY (SELECT 1) TO 'FOLDER/out.csv'", /is no SELECT/],
    ['EXPORT', "EXPORT DATABASE 'FOLDER/out'", /is no SELECT/],
    ['ATTACH', "ATTACH 'FOLDER/x.db'", /is no SELECT/],
    ['INSTALL', 'INSTALL httpfs', /is no SELECT/],
    ['LOAD', 'LOAD httpfs', /is no SELECT/],
    ['SET', 'SET threads = 64', /is no SELECT/],
    ['RESET', 'RESET enable_external_access', /is no SELECT/],
    ['PRAGMA', 'PRAGMA version', /is no SELECT/],
    ['PRAGMA with a value', 'PRAGMA threads = 64', /is no SELECT/],
    ['CALL', 'CALL pragma_version()', /is no SELECT/],
    ['EXPLAIN', 'EXPLAIN ANALYZE SELECT 1', /is no SELECT/],
    ['CREATE', 'CREATE TABLE t (i INTEGER)', /is no SELECT/],
    ['CREATE SECRET', 'CREATE SECRET (TYPE s3)', /is no SELECT/],
    ['DROP', 'DROP VIEW llm_requests', /is no SELECT/],
    ['INSERT', 'INSERT INTO llm_requests VALUES (1)', /is no SELECT/],
    ['DELETE', 'DELETE FROM llm_requests', /is no SELECT/],
    ['PREPARE', 'PREPARE p AS SELECT 1', /is no SELECT/],
    ['USE', 'USE memory', /is no SELECT/],
    ['BEGIN', 'BEGIN', /is no SELECT/],
    ['CHECKPOINT', 'CHECKPOINT', /is no SELECT/],
    ['a deletion inside WITH', 'WITH x AS (DELETE FROM messages) SELECT 1', /INVALID_SQL/],
    ['SELECT INTO', 'SELECT 1 INTO x', /INVALID_SQL/],
    ['two statements', 'SELECT 1; SELECT 2', /more than one statement/],
    ['a second one behind a comment', 'SELECT 1 /* ; */ ; -- x\nDROP VIEW messages', /INVALID_SQL/],
    ['the end of a bracket', "SELECT 1) TO 'FOLDER/out.csv'; --", /INVALID_SQL/],
    ['nothing', '', /no statement/],
    ['a comment', '-- x', /no statement/],
    ['a NUL', 'SELECT 1\0', /NUL/],
    ['too much', `SELECT ${'1,'.repeat(60_000)}1`, /100000 characters/],
    ['placeholders', 'SELECT ?', /placeholders/],
    ['a view that is not named', "SELECT * FROM query('FROM llm_' || 'requests')", /Name the view/],
  ])('%s', async (_, template, expected) => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'secret.csv'), 'a,b\n1,2\n')
    writeFileSync(join(folder, 'secret.json'), '{"secret":1}\n')
    const { ledger, entry } = await openTestLedger()
    await ledger.logLLMRequest(entry({ status: 'success' }))
    const before = readdirSync(folder)
    expect(await refusal(ledger, template.replaceAll('FOLDER', folder))).toMatch(expected)
    expect(readdirSync(folder)).toEqual(before)
  })

  test('files beside the logs, although the logs themselves are open to it', async () => {
    const { ledger, entry, project } = await openTestLedger()
    await ledger.logLLMRequest(entry({ status: 'success' }))
    const { root } = project.paths
    const answer = await refusal(ledger, `SELECT * FROM llm_requests, '${join(root, 'project.json')}'`)
    expect(answer).toMatch(/INVALID_SQL.*disabled by configuration/)
  })

  test('options cannot be changed, threads and memory are bounded', async () => {
    const { ledger } = await openTestLedger()
    const result = await ledger.query(
      "SELECT name, value FROM duckdb_settings() WHERE name IN ('threads', 'enable_external_access', 'lock_configuration', 'autoload_known_extensions', 'autoinstall_known_extensions') ORDER BY name",
    )
    expect(await rowsOf(result)).toEqual([
      ['autoinstall_known_extensions', 'false'],
      ['autoload_known_extensions', 'false'],
      ['enable_external_access', 'false'],
      ['lock_configuration', 'true'],
      ['threads', '2'],
    ])
  })

  test('a result is no way out: a Parquet file is written only where the caller says', async () => {
    const { ledger } = await openTestLedger()
    const folder = tempFolder()
    const path = join(folder, 'a [b]*.parquet')
    writeFileSync(path, '')
    const attempt = `SELECT 1) TO '${join(folder, 'other')}' --`
    await expect(ledger.writeParquet(attempt, path)).rejects.toMatchObject({ code: 'INVALID_SQL' })
    expect(await ledger.writeParquet('SELECT 1 AS a; -- done', path)).toBe(1)
    expect(readdirSync(folder)).toEqual(['a [b]*.parquet'])
    for (const bad of [path, join(folder, 'absent'), folder, 'relative', '']) {
      await expect(ledger.writeParquet('SELECT 1', bad)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    }
  })
})

test('nothing is left in the temporary folder, also of a failure', async () => {
  const own = tempFolder()
  const before = process.env.TMPDIR
  process.env.TMPDIR = own
  try {
    expect(tmpdir()).toBe(own)
    const { ledger, entry } = await openTestLedger({ workspace: join(own, 'w [1]*?') })
    await ledger.logLLMRequest(entry({ status: 'success' }))
    const result = await ledger.query('SELECT count(*) FROM llm_requests, llm_request_lines')
    expect(await rowsOf(result)).toEqual([[1]])
    await refusal(ledger, 'SELECT id::INTEGER FROM llm_requests')
    await refusal(ledger, 'SELECT nothing FROM llm_requests')
    for await (const _ of await ledger.query('SELECT 1 FROM range(10000)')) break
    const unread = await ledger.query('SELECT 1')
    await unread.close()
    await ledger.query('SELECT 2')
    await ledger.close()
    expect(readdirSync(own)).toEqual(['w [1]*?'])
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
})

test('the HTTP API has no SQL', () => {
  const http = new URL('../../src/http/', import.meta.url)
  const files = readdirSync(http, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )
  expect(files.length).toBeGreaterThan(20)
  const asking = files.filter((name) =>
    /\bledger\.(?:query|writeParquet)\b|\b(?:query|writeParquet)\b[^']*from '.*index\.js'/.test(
      readFileSync(new URL(name, http), 'utf8'),
    ),
  )
  expect(asking).toEqual([])
})

test('without a temporary folder the error names it', async () => {
  const { ledger } = await openTestLedger()
  const before = process.env.TMPDIR
  process.env.TMPDIR = '/nonexistent/temporary'
  try {
    await expect(ledger.query('SELECT count(*) FROM llm_requests')).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      path: '/nonexistent/temporary',
      message: expect.stringContaining('TMPDIR'),
    })
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
})
