// DuckDB's own typed sum over the JSONL, from its import on: the yardstick of a cold answer. A process of its own.
import { given, printResult } from '../child.mjs'
import { journalFiles } from '../journal-files.mjs'
import { connect } from '../systems/duckdb.mjs'
import { readJson } from '../systems/duckdb-jsonl.mjs'

/** With usage as the only column DuckDB 1.5 takes five times as long as with the cost beside it. */
const COLUMNS = {
  usage: 'STRUCT(prompt_tokens BIGINT, completion_tokens BIGINT)',
  cost: 'STRUCT(amount DOUBLE)',
}
const SUMS = 'sum(usage.prompt_tokens), sum(usage.completion_tokens), sum(cost.amount), count(*)'

const { workspace, projects } = given()
const files = journalFiles(workspace, projects)
const started = performance.now()
const database = await connect()
await database.rows(`SELECT ${SUMS} FROM ${readJson(files, COLUMNS)}`)
printResult({ ms: performance.now() - started })
database.close()
