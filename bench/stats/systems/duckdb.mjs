// DuckDB asked by SQL, over whatever gives the columns of MEASURES. Its quantiles are quantile_disc: exact, nearest rank.
import { availableParallelism } from 'node:os'
import { SHARES } from '../answers.mjs'

const MEASURES = `
  count(*)::DOUBLE AS requests,
  (count(*) FILTER (WHERE status = 'success'))::DOUBLE AS success,
  (count(*) FILTER (WHERE status <> 'success'))::DOUBLE AS failed,
  sum(prompt)::DOUBLE AS prompt, sum(completion)::DOUBLE AS completion, sum(cache_read)::DOUBLE AS cache_read,
  sum(cost) AS cost, avg(latency) AS average_latency,
  quantile_disc(latency, [${Object.values(SHARES)}]) AS latency, max(latency) AS latency_max,
  quantile_disc(first_token, [${Object.values(SHARES)}]) AS first_token, max(first_token) AS first_token_max`

export async function connect(options = {}) {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const threads = String(availableParallelism())
  const instance = await DuckDBInstance.create(':memory:', { threads, ...options })
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  return {
    run: (sql) => connection.run(sql),
    rows: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJS(),
    close() {
      connection.disconnectSync()
      instance.closeSync()
    },
  }
}

/** `table(question)` is SQL that gives status, model, chat_id, ts (TIMESTAMP), the tokens, cost, latency, first_token. */
export function asker(database, table) {
  return {
    ask: (asked) => database.rows(sqlOf(asked, table(asked))),
    answer: (rows) => rows.map(({ key, ...row }) => [key, measures(row)]),
    close: () => database.close(),
  }
}

function sqlOf({ days, chat, fromMs, toMs }, table) {
  const conditions = [
    ...(chat === undefined ? [] : [`chat_id = '${chat}'`]),
    ...(fromMs === undefined
      ? []
      : [`ts BETWEEN make_timestamp_ms(${fromMs}) AND make_timestamp_ms(${toMs})`]),
  ]
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  if (!days) return `SELECT '' AS key, ${MEASURES} FROM ${table} ${where}`
  const grouped = `SELECT ts::DATE AS day, model, ${MEASURES} FROM ${table} ${where} GROUP BY ALL`
  return `SELECT strftime(day, '%Y-%m-%d') || ' ' || model AS key, * EXCLUDE (day, model) FROM (${grouped}) ORDER BY key`
}

function measures(row) {
  return {
    requests: row.requests,
    success: row.success,
    failed: row.failed,
    prompt: row.prompt ?? 0,
    completion: row.completion ?? 0,
    cacheRead: row.cache_read ?? 0,
    cost: row.cost ?? 0,
    averageLatency: row.average_latency ?? 0,
    latency: percentiles(row.latency, row.latency_max),
    firstToken: percentiles(row.first_token, row.first_token_max),
  }
}

function percentiles(values, max) {
  const names = Object.keys(SHARES)
  return { ...Object.fromEntries(names.map((name, i) => [name, values?.[i] ?? 0])), max: max ?? 0 }
}
