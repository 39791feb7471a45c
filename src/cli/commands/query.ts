import { findProject, type GlobalOptions, readWorkspace, sayUnreadable } from '../open-workspace.js'
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
    readWorkspace(options, async (ledger) => {
      const project = idOrSlug === undefined ? {} : { projectId: (await findProject(ledger, idOrSlug)).id }
      await writeRows(ledger, { sql, options: { ...project, signal }, format, output })
      if (idOrSlug === undefined) await sayUnreadable(ledger, options)
    }),
  )
}

/** A file's name says what is in it. */
function defaultFormat(output: string | undefined): RowFormat {
  if (output === undefined) return process.stdout.isTTY ? 'table' : 'csv'
  if (output.endsWith('.parquet')) return 'parquet'
  return /\.(?:jsonl?|ndjson)$/.test(output) ? 'json' : 'csv'
}
