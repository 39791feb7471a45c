/** `ledgerline stats` and SQL by `ledgerline query`, of one ledger with everything that can be wrong with it. */
import { appendFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openTestLedger } from '../fixtures/open-test-ledger.js'
import { openCli } from './run-cli.js'

const MODELS = ['openai/gpt-4o', 'acme-1', 'half \\ud800']

/** As docs/sql.md gives it. */
const SUMMARY = `
  count(*) FILTER (status <> 'pending') AS total_requests,
  count(*) FILTER (status = 'success') AS successful_requests,
  count(*) FILTER (status IN ('error', 'timeout')) AS failed_requests,
  count(*) FILTER (status = 'pending') AS unfinished,
  coalesce(sum(total_tokens), 0) AS total_tokens,
  coalesce(sum(prompt_tokens), 0) AS prompt_tokens,
  coalesce(sum(completion_tokens), 0) AS completion_tokens,
  coalesce(sum(cache_read_tokens), 0) AS cache_read_tokens,
  coalesce(avg(latency_ms), 0) AS average_latency_ms,
  coalesce(sum(cost), 0) AS estimated_cost,
  count(*) FILTER (status <> 'pending' AND cost IS NULL AND total_tokens > 0) AS unpriced_requests,
  count(*) FILTER (status <> 'pending' AND summarized) AS summarized_requests`

test('the sums of SQL are those of the stats', async () => {
  const { ledger, project, workspace, entry } = await openTestLedger({
    rotation: { maxBytes: 32 * 1024, gzip: true },
  })
  for (let i = 0; i < 400; i++) {
    const fields = {
      id: `r${i}`,
      model: MODELS[i % 2],
      timestamp_start: new Date(Date.UTC(2026, 0, 1) + i * 3_000_000).toISOString(),
      usage: { prompt_tokens: (i * 37) % 900, completion_tokens: (i * 11) % 300, cache_read_tokens: i % 2 },
      ...(i % 5 === 0 ? {} : { timings: { latency_ms: ((i * 53) % 4000) + 0.25 } }),
    }
    if (i % 10 === 9) await (await ledger.startLLMRequest(entry(fields))).complete()
    else await ledger.logLLMRequest(entry({ ...fields, status: i % 7 === 0 ? 'error' : 'success' }))
    if (i === 150) {
      await ledger.rotateLogs()
      await ledger.cleanupOldLogs({ retention: { maxSegments: 1 } })
    }
  }
  await ledger.rotateLogs()
  await ledger.startLLMRequest(entry({ id: 'pending', usage: { prompt_tokens: 1e6, completion_tokens: 0 } }))
  await ledger.logLLMRequest(entry({ id: 'last', status: 'success' }))
  const line = (more: string, id = 'by-hand'): string =>
    `{"id":"${id}","project_id":"p","chat_id":"c","model":"${MODELS[2]}","status":"success","timestamp_start":"2026-02-01T00:00:00.000Z","timestamp_end":"2026-02-01T00:00:01.000Z"${more}}\n`
  appendFileSync(
    join(project.paths.logsDir, 'llm_requests.jsonl'),
    [
      line(',"usage":{"prompt_tokens":5,"completion_tokens":5}'),
      line(',"usage":{"prompt_tokens":7,"completion_tokens":-7},"cost":{"amount":0.3}'),
      line(',"usage":{"prompt_tokens":1.5,"completion_tokens":"9"},"timings":{"latency_ms":-1}', 'odd'),
      line(',"usage":{"prompt_tokens":3,"completion_tokens":9007199254740993},"cost":{"amount":-1}', 'large'),
      '{"id":"torn","model":\n',
      line(',"usage":"none","timings":[1],"cost":5,"error":"text","tags":"x"', 'shapes'),
      'null\n{"id":5,"status":"success","timestamp_start":"2026-02-01T00:00:00.000Z"}\n',
      '{"id":"unfinished',
    ].join(''),
  )
  const names = readdirSync(project.paths.logsDir)
  expect(names.filter((name) => name.endsWith('.summary.jsonl.gz')).length).toBeGreaterThan(0)
  expect(names.filter((name) => /Z\.jsonl\.gz$/.test(name)).length).toBeGreaterThan(0)

  await using cli = await openCli()
  const of = ['--workspace', workspace]
  const stats = await cli.json(['stats', '--group-by', 'day,model', ...of])
  expect(stats.summary).toMatchObject({ pending_requests: 1 })
  expect(stats.summary.integrity.damaged).toBe(3)
  expect(stats.summary.summarized_requests).toBeGreaterThan(10)

  const rows = async (sql: string): Promise<Record<string, unknown>[]> => {
    const { stdout, stderr } = await cli.run(['query', sql, '--json', ...of])
    expect(stderr).toBe('')
    return stdout
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text))
  }
  const near = (row: Record<string, number>, expected: Record<string, unknown>): unknown =>
    Object.fromEntries(
      Object.keys(expected).map((name) => [
        name,
        name === 'unfinished'
          ? (row.pending_requests ?? 0) + (row.interrupted_requests ?? 0)
          : name in row && typeof row[name] === 'number'
            ? expect.closeTo(row[name], 9)
            : row[name],
      ]),
    )
  const [summary = {}] = await rows(`SELECT ${SUMMARY} FROM llm_requests`)
  expect(summary).toEqual(near(stats.summary, summary))
  const days = await rows(
    `SELECT strftime(timestamp_start, '%Y-%m-%d') AS period, model, ${SUMMARY} FROM llm_requests GROUP BY ALL ORDER BY period, model`,
  )
  expect(days).toHaveLength(stats.breakdown.length)
  for (const [index, row] of days.entries()) expect(row).toEqual(near(stats.breakdown[index], row))
})
