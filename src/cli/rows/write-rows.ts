/** A query's rows in a format, to standard output or a file. */
import { createReadStream } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ledger, QueryOptions, QueryResult, QueryRow } from '../../index.js'
import { complain, isOutputClosed, writeOutput } from '../output.js'
import { writeOutputFile } from '../output-file.js'
import { terminalRawJson } from '../terminal-text.js'
import { UsageError } from '../usage-error.js'
import { csvHeader, csvLine } from './csv.js'
import { jsonLine } from './json.js'
import { rowsTable } from './table.js'

/** `lines` prints the one column of the rows as it is. */
export type RowFormat = 'table' | 'csv' | 'json' | 'lines' | 'parquet'

export interface RowsAsked {
  readonly sql: string
  readonly options: QueryOptions
  readonly format: RowFormat
  /** Path of the file; standard output when absent. */
  readonly output: string | undefined
}

type Write = (data: string | Uint8Array) => Promise<void>

/** Rows of a table at most: more than anybody reads, and the width of its columns needs all of them at once. */
const TABLE_ROWS = 1_000

export async function writeRows(ledger: Ledger, asked: RowsAsked): Promise<void> {
  const { format, output } = asked
  if (format === 'parquet' && output === undefined) return parquetToOutput(ledger, asked)
  if (output === undefined) return writeText(ledger, asked, writeOutput, process.stdout.isTTY === true)
  await writeOutputFile(output, ledger.workspace, async ({ draft, write }) => {
    if (format === 'parquet') await ledger.writeParquet(asked.sql, draft, asked.options)
    else await writeText(ledger, asked, write, false)
  })
}

async function writeText(
  ledger: Ledger,
  { sql, options, format, output }: RowsAsked,
  write: Write,
  isTerminal: boolean,
): Promise<void> {
  const limited = format === 'table' ? { ...options, maxRows: TABLE_ROWS + 1 } : options
  await using result = await ledger.query(sql, limited)
  // Awaited here: the result is closed when this function is left.
  if (format === 'table') return await writeTable(result, write)
  if (format === 'csv') await write(csvHeader(result, isTerminal))
  for await (const rows of result.batches()) {
    if (output === undefined && isOutputClosed()) return
    await write(rows.map((row) => lineOf(row, result, format, isTerminal)).join(''))
  }
}

function lineOf(row: QueryRow, { columns }: QueryResult, format: RowFormat, isTerminal: boolean): string {
  if (format === 'csv') return csvLine(row, isTerminal)
  if (format === 'json') return jsonLine(row, columns)
  const line = String(row[0])
  return `${isTerminal ? terminalRawJson(line) : line}\n`
}

async function writeTable(result: QueryResult, write: Write): Promise<void> {
  const rows: QueryRow[] = []
  for await (const row of result) rows.push(row)
  await write(`${rowsTable(rows.slice(0, TABLE_ROWS), result.columns)}\n`)
  if (rows.length > TABLE_ROWS)
    complain(`ledgerline: only the first ${TABLE_ROWS} rows; --format csv, json or parquet gives all`)
}

/** By way of a file, because the engine writes to nothing else. */
async function parquetToOutput(ledger: Ledger, { sql, options }: RowsAsked): Promise<void> {
  if (process.stdout.isTTY) throw new UsageError('--format parquet needs --output, or a redirected output')
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-parquet-'))
  try {
    const path = join(folder, 'result.parquet')
    await (await open(path, 'wx', 0o600)).close()
    await ledger.writeParquet(sql, path, options)
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      if (isOutputClosed()) return
      await writeOutput(chunk)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
