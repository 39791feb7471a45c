// DuckDB on Parquet that it made of the same rows: a file a segment, ZSTD, row groups as they come.
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { journalFiles } from '../journal-files.mjs'
import { asker, connect } from './duckdb.mjs'
import { readJson } from './duckdb-jsonl.mjs'

const COLUMNS = {
  id: 'VARCHAR',
  timestamp_start: 'TIMESTAMP',
  timestamp_end: 'TIMESTAMP',
  status: 'VARCHAR',
  project_id: 'VARCHAR',
  chat_id: 'VARCHAR',
  model: 'VARCHAR',
  request_type: 'VARCHAR',
  provider: 'VARCHAR',
  user_id: 'VARCHAR',
  session_id: 'VARCHAR',
  environment: 'VARCHAR',
  tags: 'VARCHAR[]',
  usage: 'STRUCT(prompt_tokens BIGINT, completion_tokens BIGINT, cache_read_tokens BIGINT)',
  timings: 'STRUCT(latency_ms DOUBLE, time_to_first_token_ms DOUBLE)',
  cost: 'STRUCT(amount DOUBLE)',
  error: 'STRUCT(code VARCHAR)',
}
const FLAT = `* EXCLUDE (timestamp_start, usage, timings, cost, error), timestamp_start AS ts,
  usage.prompt_tokens AS prompt, usage.completion_tokens AS completion, usage.cache_read_tokens AS cache_read,
  cost.amount AS cost, timings.latency_ms AS latency, timings.time_to_first_token_ms AS first_token, error.code AS error_code`

const READY = 'ready'

/** Makes the files, once a ledger; gives their bytes. */
export async function prepare({ folder, workspace, projects }) {
  const parquet = join(folder, 'parquet')
  if (!existsSync(join(parquet, READY))) {
    rmSync(parquet, { recursive: true, force: true })
    const database = await connect()
    for (const project of projects) {
      const into = join(parquet, project.slug)
      mkdirSync(into, { recursive: true })
      for (const file of journalFiles(workspace, [project])) {
        const target = join(into, basename(file).replace(/\.jsonl$/, '.parquet'))
        await database.run(
          `COPY (SELECT ${FLAT} FROM ${readJson([file], COLUMNS)}) TO '${target}' (FORMAT parquet, COMPRESSION zstd)`,
        )
      }
    }
    database.close()
    mkdirSync(join(parquet, READY))
  }
  const names = readdirSync(parquet, { recursive: true }).filter((name) => name.endsWith('.parquet'))
  return { bytes: names.reduce((sum, name) => sum + statSync(join(parquet, name)).size, 0) }
}

export async function open({ folder, projects }) {
  const table = (slug) => `read_parquet('${join(folder, 'parquet', slug, '*.parquet')}')`
  const database = await connect()
  await database.run('SET parquet_metadata_cache = true')
  return asker(database, ({ everywhere }) => table(everywhere ? '*' : projects[0].slug))
}
