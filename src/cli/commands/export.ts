import { type Filter, filterOption } from '../filter-option.js'
import { formatOfFile } from '../format-of-file.js'
import { type GlobalOptions, readWithoutPrices, sayUnreadable } from '../open-workspace.js'
import { type RowFormat, writeRows } from '../rows/write-rows.js'
import { untilSignal } from '../until-signal.js'
import { UsageError } from '../usage-error.js'

export type ExportFormat = 'jsonl' | 'csv' | 'parquet'
export type Exported = 'llm_requests' | 'messages'

export interface ExportCommandOptions extends GlobalOptions {
  readonly project?: string
  readonly chat?: string
  readonly from?: string
  readonly to?: string
  readonly timezone?: string
  readonly filter?: Filter
  readonly format?: ExportFormat
  readonly output?: string
}

/** As JSONL the lines as they are in the files, with fields that no column has. */
const SQL = {
  llm_requests: { lines: 'FROM llm_request_lines', columns: 'FROM llm_requests' },
  messages: { lines: 'FROM message_lines', columns: 'FROM messages' },
} as const

export async function exportCommand(what: Exported, options: ExportCommandOptions): Promise<void> {
  const { project: idOrSlug, chat, from, to, timezone, filter, output } = options
  if (chat !== undefined && idOrSlug === undefined) throw new UsageError('--chat needs --project')
  if (filter !== undefined && what === 'messages') throw new UsageError('--filter is for llm_requests')
  const format = rowFormat(options.format ?? defaultFormat(output))
  const { lines, columns } = SQL[what]
  await untilSignal((signal) =>
    readWithoutPrices(options, async (ledger) => {
      const narrowed = {
        ...(idOrSlug === undefined ? {} : { projectId: (await ledger.findProject(idOrSlug)).id }),
        ...(chat === undefined ? {} : { chatId: chat }),
        ...(from === undefined ? {} : { fromDate: from }),
        ...(to === undefined ? {} : { toDate: to }),
        ...(timezone === undefined ? {} : { timezone }),
        ...filterOption(filter),
        signal,
      }
      const sql = format === 'lines' ? lines : columns
      await writeRows(ledger, { sql, options: narrowed, format, output })
      if (idOrSlug === undefined) await sayUnreadable(ledger, options)
    }),
  )
}

const FORMATS = new Map<string, ExportFormat>([
  ['.jsonl', 'jsonl'],
  ['.ndjson', 'jsonl'],
  ['.json', 'jsonl'],
  ['.csv', 'csv'],
  ['.parquet', 'parquet'],
])

function defaultFormat(output: string | undefined): ExportFormat {
  return (output === undefined ? undefined : formatOfFile(output, FORMATS)) ?? 'jsonl'
}

function rowFormat(format: ExportFormat): RowFormat {
  return format === 'jsonl' ? 'lines' : format
}
