// DuckDB on the JSONL files as they are, with the columns and types told to it.
import { journalFiles } from '../journal-files.mjs'
import { asker, connect } from './duckdb.mjs'

const COLUMNS = {
  status: 'VARCHAR',
  model: 'VARCHAR',
  chat_id: 'VARCHAR',
  timestamp_start: 'TIMESTAMP',
  usage: 'STRUCT(prompt_tokens BIGINT, completion_tokens BIGINT, cache_read_tokens BIGINT)',
  timings: 'STRUCT(latency_ms DOUBLE, time_to_first_token_ms DOUBLE)',
  cost: 'STRUCT(amount DOUBLE)',
}

export async function open({ workspace, projects }) {
  const half = flat(journalFiles(workspace, projects.slice(0, 1)))
  const all = flat(journalFiles(workspace, projects))
  return asker(await connect(), ({ everywhere }) => (everywhere ? all : half))
}

/** The rows of the files as asker wants them. */
function flat(files) {
  return `(SELECT status, model, chat_id, timestamp_start AS ts, usage.prompt_tokens AS prompt,
    usage.completion_tokens AS completion, usage.cache_read_tokens AS cache_read, cost.amount AS cost,
    timings.latency_ms AS latency, timings.time_to_first_token_ms AS first_token FROM ${readJson(files, COLUMNS)})`
}

/** `columns` is name -> type. */
export function readJson(files, columns) {
  const typed = Object.entries(columns).map(([name, type]) => `${name}: '${type}'`)
  const list = files.map((file) => `'${file.replaceAll("'", "''")}'`)
  return `read_json([${list}], format = 'newline_delimited', columns = {${typed.join(', ')}})`
}
