import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { LedgerlineError } from '../../src/index.js'
import { openTestLedger } from '../fixtures/open-test-ledger.js'
import { ask, rowsOf } from '../fixtures/rows-of.js'
import { tempFolder } from '../fixtures/temp-folder.js'

const ENDED = { status: 'success', timestamp_end: '2026-01-31T14:00:01.000Z' }

describe('llm_requests', () => {
  test('has an entry with the values of its fields', async () => {
    const { ledger, project, entry } = await openTestLedger()
    await ledger.logLLMRequest(
      entry({
        ...ENDED,
        id: 'r1',
        timestamp_start: '2026-01-31T14:00:00.250Z',
        tags: ['a', "it's"],
        usage: { prompt_tokens: 7, completion_tokens: 3, cache_read_tokens: 2 },
        timings: { latency_ms: 750.5 },
        cost: { amount: 0.1, source: 'override' },
        metadata: { team: 'red', deep: { n: [1, null] } },
        http_status: 200,
        attempt: 2,
      }),
    )
    expect(await ask(ledger, 'SELECT * EXCLUDE (usage) FROM llm_requests')).toMatchObject([
      {
        id: 'r1',
        project_id: project.id,
        timestamp_start: '2026-01-31T14:00:00.250Z',
        timestamp_end: '2026-01-31T14:00:01.000Z',
        tags: ['a', "it's"],
        prompt_tokens: 7,
        total_tokens: 10,
        cache_read_tokens: 2,
        reasoning_tokens: null,
        latency_ms: 750.5,
        cost: 0.1,
        cost_source: 'override',
        metadata: '{"team":"red","deep":{"n":[1,null]}}',
        http_status: 200,
        attempt: 2,
        error_code: null,
        summarized: false,
      },
    ])
  })

  test('has each id once, by its final state, and what a pending line says of itself does not count', async () => {
    const { ledger, entry } = await openTestLedger()
    const handle = await ledger.startLLMRequest(entry({ id: 'a' }))
    await handle.complete({ usage: { prompt_tokens: 4, completion_tokens: 1 } })
    await ledger.startLLMRequest(entry({ id: 'b', usage: { prompt_tokens: 100, completion_tokens: 0 } }))
    expect(await ask(ledger, 'SELECT id, status, total_tokens FROM llm_requests ORDER BY id')).toEqual([
      { id: 'a', status: 'success', total_tokens: 5 },
      { id: 'b', status: 'pending', total_tokens: null },
    ])
    expect(await ask(ledger, 'SELECT count(*) AS n FROM llm_request_lines')).toEqual([{ n: 2 }])
  })

  test('has the fields that no column has in llm_request_lines', async () => {
    const { ledger, entry } = await openTestLedger()
    await ledger.logLLMRequest(entry({ ...ENDED, my_field: { x: [1] } }))
    expect(await ask(ledger, "SELECT line->>'$.my_field.x[0]' AS x FROM llm_request_lines")).toEqual([
      { x: '1' },
    ])
  })

  test('skips damage, torn ends and lone surrogates as the stats do', async () => {
    const { ledger, project, entry } = await openTestLedger()
    for (const id of ['a', 'b']) await ledger.logLLMRequest(entry({ ...ENDED, id }))
    const line = (id: string, more: string): string =>
      `{"id":"${id}","status":"success","timestamp_start":"2026-01-31T14:00:00.000Z"${more}}`
    appendFileSync(
      join(project.paths.logsDir, 'llm_requests.jsonl'),
      `${line('c', ',"model":"half \\ud800"')}\n{"id":"torn","model":\n${line('d', '')}\n{"id":"unfini`,
    )
    expect(await ask(ledger, 'SELECT id, model FROM llm_requests ORDER BY id')).toEqual([
      { id: 'a', model: 'gpt-4o' },
      { id: 'b', model: 'gpt-4o' },
      { id: 'c', model: 'half \ufffd' },
      { id: 'd', model: null },
    ])
    const { summary } = await ledger.getStats({ type: 'global' })
    expect(summary.totalRequests).toBe(4)
  })

  test('lives through lines that are nested too deep for others, and texts with NULs', async () => {
    const { ledger, project } = await openTestLedger()
    const depth = 100_000
    const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`
    const line = (id: string, more: string): string =>
      `{"id":"${id}","status":"success","timestamp_start":"2026-01-31T14:00:00.000Z",${more}}\n`
    appendFileSync(
      join(project.paths.logsDir, 'llm_requests.jsonl'),
      line('a', `"metadata":${deep}`) +
        line('b', `"usage":${deep},"error":${deep},"cost":${deep},"tags":${deep}`) +
        line('c', '"model":"a\\u0000b"'),
    )
    const rows = await ask(
      ledger,
      'SELECT id, model, len(metadata) AS n, total_tokens, cost, tags FROM llm_requests',
    )
    expect(rows).toEqual([
      { id: 'a', model: null, n: 2 * depth, total_tokens: null, cost: null, tags: null },
      { id: 'b', model: null, n: null, total_tokens: null, cost: null, tags: expect.anything() },
      { id: 'c', model: 'a\0b', n: null, total_tokens: null, cost: null, tags: null },
    ])
    expect(await ask(ledger, 'SELECT len(line) AS n FROM llm_request_lines LIMIT 1')).toHaveLength(1)
  })

  test('reads the same lines each time it is named in one query, while others write', async () => {
    const { ledger, entry } = await openTestLedger()
    let isWriting = true
    const writing = (async () => {
      while (isWriting) await ledger.logLLMRequest(entry(ENDED))
    })()
    for (let i = 0; i < 5; i++) {
      const [counts] = await ask(
        ledger,
        'SELECT (SELECT count(*) FROM llm_requests) AS a, (SELECT count(*) FROM llm_requests) AS b, (SELECT count(*) FROM llm_request_lines) AS c',
      )
      expect([counts?.a, counts?.c]).toEqual([counts?.b, counts?.b])
    }
    isWriting = false
    await writing
  })

  test('has no rows and all columns before anything was logged', async () => {
    const { ledger } = await openTestLedger()
    expect(await ask(ledger, 'SELECT count(*) AS n, sum(total_tokens) AS t FROM llm_requests')).toEqual([
      { n: 0, t: null },
    ])
  })
})

describe('messages', () => {
  test('are in their latest state, in the order of the chat', async () => {
    const { ledger, project } = await openTestLedger()
    const message = { project_id: project.id, chat_id: 'c', role: 'user' } as const
    for (const id of ['m1', 'm2', 'm3']) await ledger.appendMessage({ ...message, id, content: `old ${id}` })
    await ledger.appendMessage({ ...message, id: 'm1', content: 'new \ud800 \u202e', is_pinned: true })
    await ledger.appendMessage({ ...message, chat_id: 'd', content: 'other' })
    expect(
      await ask(
        ledger,
        "SELECT id, position, content, is_pinned FROM messages WHERE chat_id = 'c' ORDER BY position",
      ),
    ).toEqual([
      { id: 'm1', position: 1, content: 'new \ufffd \u202e', is_pinned: true },
      { id: 'm2', position: 2, content: 'old m2', is_pinned: false },
      { id: 'm3', position: 3, content: 'old m3', is_pinned: false },
    ])
    expect(await ask(ledger, 'SELECT count(*) AS n FROM message_lines', { chatId: 'd' })).toEqual([{ n: 1 }])
    expect(await ask(ledger, 'SELECT count(*) AS n FROM messages', { toDate: '2020-01-01' })).toEqual([
      { n: 0 },
    ])
    const read = await ledger.readChat(project.id, 'c')
    const lines = await ask(ledger, 'SELECT line FROM message_lines', { chatId: 'c' })
    expect(lines.map(({ line }) => JSON.parse(String(line)))).toEqual(read)
  })

  test('are joined with the requests that made them', async () => {
    const { ledger, project, entry } = await openTestLedger()
    await ledger.logLLMRequest(
      entry({ ...ENDED, id: 'r1', usage: { prompt_tokens: 1, completion_tokens: 2 } }),
    )
    await ledger.appendMessage({
      project_id: project.id,
      chat_id: 'chat-1',
      role: 'assistant',
      content: 'x'.repeat(900_000),
      llm_info: { model: 'gpt-4o', request_id: 'r1' },
    })
    expect(
      await ask(
        ledger,
        'SELECT len(content) AS n, total_tokens AS t FROM messages m JOIN llm_requests r ON r.id = m.request_id',
      ),
    ).toEqual([{ n: 900_000, t: 3 }])
  })
})

describe('options', () => {
  test('narrow the views', async () => {
    const { ledger, entry } = await openTestLedger()
    const other = await ledger.createProject({ name: 'Other' })
    await ledger.logLLMRequest(entry({ ...ENDED, id: 'a', timestamp_start: '2026-01-01T23:30:00.000Z' }))
    await ledger.logLLMRequest(
      entry({ ...ENDED, id: 'b', model: 'm2', tags: ['t'], timestamp_start: '2026-01-02T12:00:00.000Z' }),
    )
    await ledger.logLLMRequest({ ...entry({ ...ENDED, id: 'c' }), project_id: other.id, chat_id: 'c2' })
    const ids = async (options: object): Promise<unknown[]> =>
      (await ask(ledger, 'SELECT id FROM llm_requests ORDER BY id', options)).map(({ id }) => id)
    expect(await ids({})).toEqual(['a', 'b', 'c'])
    expect(await ids({ projectId: other.id })).toEqual(['c'])
    expect(await ids({ chatId: 'chat-1' })).toEqual(['a', 'b'])
    expect(await ids({ fromDate: '2026-01-02', toDate: '2026-01-02' })).toEqual(['b'])
    expect(await ids({ toDate: '2026-01-02', timezone: 'Asia/Tokyo' })).toEqual(['a', 'b'])
    expect(await ids({ filter: { model: ['m2', 'm3'], tag: 't' } })).toEqual(['b'])
    expect(await ids({ maxRows: 2 })).toEqual(['a', 'b'])
  })

  test.each([
    [{ projectId: 'nope' }, 'PROJECT_NOT_FOUND'],
    [{ chatId: '../x' }, 'INVALID_CHAT_ID'],
    [{ fromDate: 'yesterday' }, 'INVALID_DATE'],
    [{ filter: { modle: 'x' } }, 'INVALID_FILTER'],
    [{ maxRows: -1 }, 'INVALID_OPTION'],
    [{ signal: {} }, 'INVALID_OPTION'],
    ['text', 'INVALID_OPTION'],
  ])('%j is refused: %s', async (options, code) => {
    const { ledger } = await openTestLedger()
    await expect(Reflect.apply(ledger.query, ledger, ['SELECT 1', options])).rejects.toMatchObject({ code })
  })
})

describe('values', () => {
  test.each<[string, unknown]>([
    ['1::BIGINT', 1],
    ['9007199254740993', 9007199254740993n],
    ['170141183460469231731687303715884105727::HUGEINT', 170141183460469231731687303715884105727n],
    ['0.30::DECIMAL(38, 12)', 0.3],
    ["'NaN'::DOUBLE", Number.NaN],
    ["TIMESTAMP '2026-01-31 14:00:00.25'", '2026-01-31T14:00:00.250Z'],
    ["TIMESTAMP '2026-01-31 14:00:00.123456'", '2026-01-31T14:00:00.123456Z'],
    ["TIMESTAMPTZ '2026-01-31 14:00:00+05:30'", '2026-01-31T08:30:00.000Z'],
    ["'infinity'::TIMESTAMP", 'infinity'],
    ["DATE '2026-01-31'", '2026-01-31'],
    ['INTERVAL 1 DAY', '1 day'],
    ['[1, NULL, 3]', [1, null, 3]],
    ["{'a': 1, 'b': [TRUE]}", { a: 1, b: [true] }],
    ["MAP {'k': 1.5::DOUBLE}", [{ key: 'k', value: 1.5 }]],
    ["'\\xAA'::BLOB", '\\xAA'],
    [`'{"a": 1}'::JSON`, '{"a": 1}'],
    ['NULL', null],
  ])('%s', async (sql, expected) => {
    const { ledger } = await openTestLedger()
    expect(await rowsOf(await ledger.query(`SELECT ${sql} AS value`))).toEqual([[expected]])
  })

  test('columns of one name get names of their own', async () => {
    const { ledger } = await openTestLedger()
    const { columns } = await ledger.query('SELECT 1 AS a, 2 AS a')
    expect(columns.map(({ name }) => name)).toEqual(['a', 'a_1'])
  })
})

describe('statements', () => {
  test.each<[string, unknown[][]]>([
    [
      "VALUES (2, 'a'), (1, 'b')",
      [
        [2, 'a'],
        [1, 'b'],
      ],
    ],
    ['FROM llm_requests SELECT count(*)', [[0]]],
    ['(SELECT 1)', [[1]]],
    ["SELECT 'it''s' ; -- it's; SELECT 2", [["it's"]]],
    ['/* ) */ SELECT 1 -- x', [[1]]],
    ['WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t WHERE i < 3) FROM t', [[1], [2], [3]]],
    ['FROM range(5) t(i) ORDER BY i DESC LIMIT 2', [[4], [3]]],
    ["PIVOT llm_requests ON status IN ('success') USING count(*) GROUP BY model", []],
    ['SHOW TABLES; -- x', [['llm_request_lines'], ['llm_requests'], ['message_lines'], ['messages']]],
    ['DESCRIBE message_lines ; ', [['line', 'JSON', 'YES', null, null, null]]],
    ['SELECT column_name FROM (SUMMARIZE SELECT 1 AS a)', [['a']]],
  ])('%s', async (sql, rows) => {
    const { ledger } = await openTestLedger()
    expect(await rowsOf(await ledger.query(sql))).toEqual(rows)
  })
})

describe('errors', () => {
  test.each([
    ['SELEC 1', /^sql: syntax error at or near "SELEC" \(line 1, column 1\)$/],
    ["SELECT 'ü',\n  modle FROM llm_requests", /"modle" not found.*"model".* \(line 2, column 3\)$/],
    ["SELECT 'ü' FROM FROM x", /near "FROM" \(line 1, column 17\)$/],
    ['SELECT * FROM llm_request', /llm_request does not exist! Did you mean "llm_requests"\?/],
    ["SELECT 'x'::INTEGER", /Could not convert string 'x' to INT32$/],
    ['SELECT sum(model) FROM llm_requests', /No function matches/],
  ])('%s', async (sql, message) => {
    const { ledger } = await openTestLedger()
    const error = await ledger.query(sql).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'INVALID_SQL', message: expect.stringMatching(message) })
  })

  test('an error in the last row comes before the first is given', async () => {
    const { ledger } = await openTestLedger()
    const sql = "SELECT CASE WHEN i = 999999 THEN error('boom') ELSE i::VARCHAR END FROM range(1000000) t(i)"
    await expect(ledger.query(sql)).rejects.toThrow('boom')
  })
})

describe('ending', () => {
  const ENDLESS = 'SELECT count(*) FROM range(1000000000000)'

  test('a signal cancels what runs and what waits for its turn', async () => {
    const { ledger } = await openTestLedger()
    const stop = new AbortController()
    const running = [1, 2].map(() => ledger.query(ENDLESS, { signal: stop.signal }))
    // Whichever two have their turn, one waits.
    const waiting = ledger.query(ENDLESS, { signal: AbortSignal.timeout(300) })
    const outcomes = [...running, waiting].map((query) => query.catch((reason: unknown) => reason))
    expect(await outcomes[2]).toMatchObject({ code: 'QUERY_CANCELLED' })
    stop.abort()
    for (const outcome of outcomes) expect(await outcome).toMatchObject({ code: 'QUERY_CANCELLED' })
    await expect(ledger.query('SELECT 1', { signal: stop.signal })).rejects.toMatchObject({
      code: 'QUERY_CANCELLED',
    })
    expect(await rowsOf(await ledger.query('SELECT 1'))).toEqual([[1]])
  })

  test('closing the ledger ends queries, and results that nobody read', async () => {
    const { ledger } = await openTestLedger()
    const result = await ledger.query('SELECT i FROM range(100000) t(i)')
    const batches = result.batches()[Symbol.asyncIterator]()
    await batches.next()
    const running = ledger.query(ENDLESS).catch((reason: unknown) => reason)
    await new Promise((resolve) => setTimeout(resolve, 200))
    await ledger.close()
    expect(await running).toMatchObject({ code: 'LEDGER_CLOSED' })
    await expect(batches.next()).rejects.toBeInstanceOf(LedgerlineError)
    await expect(ledger.query('SELECT 1')).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
  })

  test('rows are read once', async () => {
    const { ledger } = await openTestLedger()
    const result = await ledger.query('SELECT 1')
    await rowsOf(result)
    await expect(rowsOf(result)).rejects.toMatchObject({ code: 'QUERY_CANCELLED' })
  })

  test('a result of a million rows comes in batches, in order', async () => {
    const { ledger } = await openTestLedger()
    const result = await ledger.query(
      "SELECT i, repeat('x', 100) AS text FROM range(1000000) t(i) ORDER BY hash(i)::VARCHAR <> '', i DESC",
    )
    expect(result.rowCount).toBe(1_000_000)
    let next = 1_000_000
    for await (const rows of result.batches()) {
      expect(rows.length).toBeLessThanOrEqual(2048)
      expect(rows[0]?.[0]).toBe(next - 1)
      next -= rows.length
    }
    expect(next).toBe(0)
  })
})

test('a Parquet file holds the same rows', async () => {
  const { ledger, entry } = await openTestLedger()
  for (const id of ['a', 'b']) await ledger.logLLMRequest(entry({ ...ENDED, id, metadata: { id } }))
  const path = join(tempFolder(), 'out.parquet')
  writeFileSync(path, '', { mode: 0o600 })
  expect(await ledger.writeParquet('FROM llm_requests', path)).toBe(2)
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const reader = await connection.runAndReadAll(
    `SELECT id, metadata->>'$.id' AS meta, typeof(timestamp_start) AS type FROM '${path}' ORDER BY id`,
  )
  expect(reader.getRowsJS()).toEqual([
    ['a', 'a', 'TIMESTAMP'],
    ['b', 'b', 'TIMESTAMP'],
  ])
  connection.closeSync()
  instance.closeSync()
})
