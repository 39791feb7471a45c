import { formatOfFile } from '../format-of-file.js'
import { type GlobalOptions, readWithoutPrices, sayUnreadable } from '../open-workspace.js'
import { type RowFormat, writeRows } from '../rows/write-rows.js'
import { untilSignal } from '../until-signal.js'

export interface QueryCommandOptions extends GlobalOptions {
  readonly project?: string
  readonly format?: RowFormat
  readonly output?: string
}

export async function queryCommand(sql: string, options: QueryCommandOptions): Promise<void> {
  const { project: idOrSlug, output, format = options.json ? 'json' : defaultFormat(output) } = options
  await untilSignal((signal) =>
    readWithoutPrices(options, async (ledger) => {
      const project = idOrSlug === undefined ? {} : { projectId: (await ledger.findProject(idOrSlug)).id }
      await writeRows(ledger, { sql, options: { ...project, signal }, format, output })
      if (idOrSlug === undefined) await sayUnreadable(ledger, options)
    }),
  )
}

const FORMATS = new Map<string, RowFormat>([
  ['.csv', 'csv'],
  ['.json', 'json'],
  ['.jsonl', 'json'],
  ['.ndjson', 'json'],
  ['.parquet', 'parquet'],
])

function defaultFormat(output: string | undefined): RowFormat {
  if (output === undefined) return process.stdout.isTTY ? 'table' : 'csv'
  return formatOfFile(output, FORMATS) ?? 'csv'
}
