/** The commands that answer from the logs. */
import { type Command, Option } from 'commander'
import { WEEKDAYS } from '../../index.js'
import { addFilter, FILTER_HELP } from '../filter-option.js'
import { subcommand, wholeNumber } from './subcommand.js'

export function addStats(program: Command): void {
  subcommand(program, 'stats', 'requests, tokens, cost, latency and errors', [
    'stats',
    'stats --project support-bot --from 2026-01-01 --to 2026-01-31 --group-by day,model',
    'stats --group-by week --timezone Europe/Berlin --json',
    'stats --filter model=openai/gpt-4o --filter status=error --filter status=timeout',
  ])
    .option('--project <id or slug>', 'only this project')
    .option('--chat <id>', 'only this chat of the project; needs --project')
    .option('--from <date>', 'a date or an instant with a zone; included')
    .option('--to <date>', 'a date or an instant with a zone; included')
    .option(
      '--group-by <list>',
      'hour, day, week, month, model, provider, chat, ..., metadata.<key>; with commas',
    )
    .option('--filter <name=value>', FILTER_HELP, addFilter)
    .option('--timezone <name>', 'IANA name (default: UTC)')
    .option('--repriced', "costs by today's prices, where the provider did not say what it charged")
    .addOption(new Option('--week-start <day>', 'first day of a week (default: monday)').choices(WEEKDAYS))
    .action(async (_options, command: Command) => {
      const { statsCommand } = await import('../commands/stats.js')
      await statsCommand(command.optsWithGlobals())
    })
}

export function addTail(program: Command): void {
  subcommand(program, 'tail', 'the last entries, oldest first', ['tail -n 5', 'tail --follow --json'])
    .option('--project <id or slug>', 'only this project')
    .option('-n, --lines <number>', 'how many entries', wholeNumber(0, 100_000), 20)
    .option('-f, --follow', 'go on with new entries, looked for once a second')
    .action(async (_options, command: Command) => {
      const { tailCommand } = await import('../commands/tail.js')
      await tailCommand(command.optsWithGlobals())
    })
}

export function addShow(program: Command): void {
  subcommand(program, 'show', 'one entry', ['show 0190a5c2-7d3e-7000-8000-000000000000'])
    .argument('<id>', 'id of the entry')
    .option('--project <id or slug>', 'only look in this project')
    .action(async (id: string, _options, command: Command) => {
      const { showCommand } = await import('../commands/show.js')
      await showCommand(id, command.optsWithGlobals())
    })
}
