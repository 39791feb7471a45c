/** The commands that give rows of the logs. */
import { Argument, type Command, Option } from 'commander'
import { addFilter, FILTER_HELP } from '../filter-option.js'
import { subcommand } from './subcommand.js'

const QUERY_NOTE = `
Views: llm_requests, llm_request_lines, messages, message_lines; docs/sql.md
lists their columns. One SELECT (or WITH, FROM, VALUES, DESCRIBE, SUMMARIZE,
SHOW): it reads the views and nothing else, and changes nothing. A table shows
1,000 rows. In CSV, text that a spreadsheet would run as a formula gets a '
before it. An output file is there whole or not at all, and cannot be in the
workspace.`

const EXPORT_NOTE = `
jsonl gives the lines as they are in the files, each id once and in its last
state; csv and parquet the columns of docs/sql.md. An output file is there whole
or not at all, and cannot be in the workspace.`

export function addQuery(program: Command): void {
  subcommand(program, 'query', 'one SELECT over the requests and messages', [
    'query "SELECT model, sum(cost) FROM llm_requests GROUP BY model"',
    'query "DESCRIBE llm_requests"',
    `query "SELECT * FROM llm_requests WHERE status = 'error'" --output errors.parquet`,
  ])
    .argument('<sql>', 'as DuckDB understands it')
    .option('--project <id or slug>', 'only this project')
    .addOption(
      new Option(
        '--format <name>',
        'default: by the ending of the output file; else table on a terminal, csv elsewhere; json is an object a line',
      ).choices(['table', 'csv', 'json', 'parquet']),
    )
    .option('--output <file>', 'write there in place of standard output')
    .addHelpText('after', QUERY_NOTE)
    .action(async (sql: string, _options, command: Command) => {
      const { queryCommand } = await import('../commands/query.js')
      await queryCommand(sql, command.optsWithGlobals())
    })
}

export function addExport(program: Command): void {
  subcommand(program, 'export', 'all requests or messages, as JSONL, CSV or Parquet', [
    'export --project support-bot --from 2026-01-01 > january.jsonl',
    'export llm_requests --filter status=error --filter status=timeout --output failed.csv',
    'export messages --output messages.parquet',
  ])
    .addArgument(
      new Argument('[what]', 'what to give').choices(['llm_requests', 'messages']).default('llm_requests'),
    )
    .option('--project <id or slug>', 'only this project')
    .option('--chat <id>', 'only this chat of the project; needs --project')
    .option('--from <date>', 'a date or an instant with a zone; included')
    .option('--to <date>', 'a date or an instant with a zone; included')
    .option('--timezone <name>', 'IANA name that dates are meant in (default: UTC)')
    .option('--filter <name=value>', FILTER_HELP, addFilter)
    .addOption(
      new Option('--format <name>', 'default: by the ending of the output file, else jsonl').choices([
        'jsonl',
        'csv',
        'parquet',
      ]),
    )
    .option('--output <file>', 'write there in place of standard output')
    .addHelpText('after', EXPORT_NOTE)
    .action(async (what: 'llm_requests' | 'messages', _options, command: Command) => {
      const { exportCommand } = await import('../commands/export.js')
      await exportCommand(what, command.optsWithGlobals())
    })
}
