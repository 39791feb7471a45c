// The ClickHouse engine in this process (chdb): one MergeTree table in order of project and time.
// Its quantiles are quantilesExact, exact too, of the rank at floor(share * count).
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { SHARES } from '../answers.mjs'
import { journalFiles } from '../journal-files.mjs'

const TABLE = `CREATE TABLE requests (
  id String, ts DateTime64(3, 'UTC'), ended DateTime64(3, 'UTC'), status LowCardinality(String), project_id LowCardinality(String),
  chat_id String, model LowCardinality(String), request_type LowCardinality(String), provider LowCardinality(String),
  user_id String, session_id String, environment LowCardinality(String), tags Array(LowCardinality(String)),
  error_code LowCardinality(String), prompt Nullable(UInt32), completion Nullable(UInt32), cache_read Nullable(UInt32),
  cost Nullable(Float64), latency Nullable(Float64), first_token Nullable(Float64)
) ENGINE = MergeTree ORDER BY (project_id, ts)`
const ROW = `id String, timestamp_start DateTime64(3), timestamp_end DateTime64(3), status String, project_id String,
  chat_id String, model String, request_type String, provider String, user_id String, session_id String,
  environment String, tags Array(String), error Tuple(code String),
  usage Tuple(prompt_tokens Nullable(UInt32), completion_tokens Nullable(UInt32), cache_read_tokens Nullable(UInt32)),
  cost Tuple(amount Nullable(Float64)), timings Tuple(latency_ms Nullable(Float64), time_to_first_token_ms Nullable(Float64))`
const FLAT = `id, timestamp_start, timestamp_end, status, project_id, chat_id, model, request_type, provider, user_id, session_id,
  environment, tags, error.code, usage.prompt_tokens, usage.completion_tokens, usage.cache_read_tokens, cost.amount,
  timings.latency_ms, timings.time_to_first_token_ms`
const MEASURES = `count() AS requests, countIf(status = 'success') AS success, countIf(status != 'success') AS failed,
  sum(prompt) AS prompts, sum(completion) AS completions, sum(cache_read) AS cache_reads, sum(cost) AS costs,
  avg(latency) AS average_latency, quantilesExact(${Object.values(SHARES)})(latency) AS latencies,
  max(latency) AS latency_max, quantilesExact(${Object.values(SHARES)})(first_token) AS first_tokens, max(first_token) AS first_token_max`
const READING = `SETTINGS date_time_input_format = 'best_effort', input_format_skip_unknown_fields = 1,
  input_format_json_defaults_for_missing_elements_in_named_tuple = 1, input_format_json_ignore_unknown_keys_in_named_tuple = 1`
const READY = 'ready'

/** Fills the table, once a ledger, and lets it merge; gives its bytes. */
export async function prepare({ folder, workspace, projects }) {
  const data = join(folder, 'clickhouse')
  if (!existsSync(join(data, READY))) {
    rmSync(data, { recursive: true, force: true })
    mkdirSync(data)
    const session = await openSession(data)
    session.query(TABLE)
    for (const file of journalFiles(workspace, projects)) {
      session.query(
        `INSERT INTO requests SELECT ${FLAT} FROM file('${file}', JSONEachRow, '${ROW}') ${READING}`,
      )
    }
    session.query('OPTIMIZE TABLE requests FINAL')
    session.close()
    mkdirSync(join(data, READY))
  }
  const session = await openSession(data)
  const parts = "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND table = 'requests'"
  const bytes = Number(session.query(parts, 'TSV'))
  session.close()
  return { bytes }
}

export async function open({ folder, projects }) {
  const session = await openSession(join(folder, 'clickhouse'))
  return {
    ask: (asked) => session.query(sqlOf(asked, projects[0].id), 'JSONEachRow'),
    answer: (text) =>
      text
        .trim()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const row = JSON.parse(line)
          return [row.key, measures(row)]
        }),
    close: () => session.close(),
  }
}

async function openSession(data) {
  const { Session } = await import('chdb')
  return new Session(data)
}

function sqlOf({ everywhere, days, chat, fromMs, toMs }, projectId) {
  const conditions = [
    ...(everywhere ? [] : [`project_id = '${projectId}'`]),
    ...(chat === undefined ? [] : [`chat_id = '${chat}'`]),
    ...(fromMs === undefined
      ? []
      : [
          `ts BETWEEN fromUnixTimestamp64Milli(${fromMs}, 'UTC') AND fromUnixTimestamp64Milli(${toMs}, 'UTC')`,
        ]),
  ]
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const settings = 'SETTINGS output_format_json_quote_64bit_integers = 0'
  if (!days) return `SELECT '' AS key, ${MEASURES} FROM requests ${where} ${settings}`
  return `SELECT concat(toString(toDate(ts)), ' ', model) AS key, ${MEASURES} FROM requests ${where}
    GROUP BY toDate(ts), model ORDER BY key ${settings}`
}

function measures(row) {
  return {
    requests: row.requests,
    success: row.success,
    failed: row.failed,
    prompt: row.prompts ?? 0,
    completion: row.completions ?? 0,
    cacheRead: row.cache_reads ?? 0,
    cost: row.costs ?? 0,
    averageLatency: row.average_latency ?? 0,
    latency: percentiles(row.latencies, row.latency_max),
    firstToken: percentiles(row.first_tokens, row.first_token_max),
  }
}

function percentiles(values, max) {
  return {
    ...Object.fromEntries(Object.keys(SHARES).map((name, i) => [name, values?.[i] ?? 0])),
    max: max ?? 0,
  }
}
