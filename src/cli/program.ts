/** Every command with its options. What a command does is loaded when it runs. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { packageVersion, type SealHead, WEEKDAYS } from '../index.js'

const EXAMPLES = `
Examples:
  $ ledgerline projects create "Support bot"
  $ ledgerline log --project support-bot < entries.jsonl
  $ ledgerline stats --project support-bot --group-by day,model
  $ ledgerline serve --port 4600

Exit codes: 0 done, 1 failed, 2 the command line is wrong.`

const LOG_NOTE = `
An entry keeps the project_id it has, also with --project.

An entry without a status is pending: stats count it as pending, or interrupted
once this command has ended, and not as a request, until the same id comes with
success, error or timeout. How many there were is said on standard error.`

const ROTATE_NOTE = `
Files of processes that run are theirs, and stay open: they close them by size
and age. LEDGERLINE_ROTATION_... and LEDGERLINE_RETENTION_... say what is done.`

const CLEANUP_NOTE = `
A limit that is not given is that of LEDGERLINE_RETENTION_...; without any,
nothing is deleted. Of a deleted segment of requests a summary stays, with all
that is counted and nothing that was said.`

const VERIFY_NOTE = `
Exit codes: 0 nothing is wrong, 1 damage or a broken seal, 2 the command line is
wrong. A line that a running process has not finished is no damage. Keep the
head elsewhere: only with it shows that segments and their seals were cut off
together.`

const REPAIR_NOTE = `
A file that is repaired stays as it was in logs/damaged/. Files of processes that
run are left alone and named. The repair of a sealed segment is put on record,
signed with LEDGERLINE_SEALS_PRIVATE_KEY when that is set.`

/** The whole command line. It throws CommanderError in place of exiting, and leaves it to the caller to report it. */
export function createProgram(): Command {
  const program: Command = new Command('ledgerline')
    .description('Every LLM call an application makes, logged and counted.')
    .option('--workspace <dir>', 'folder of all files (default: LEDGERLINE_WORKSPACE, else ./workspace)')
    .option('--json', 'print JSON: one value, or one entry a line')
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('--help', 'print help')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({
      outputError: () => undefined,
      // The help, where a command is missing.
      writeErr: (text) => {
        if (program.opts().json !== true) process.stderr.write(text)
      },
    })

  addServe(program)
  addStats(program)
  addTail(program)
  addShow(program)
  addLog(program)
  addProjects(program)
  addRotate(program)
  addCleanup(program)
  addVerify(program)
  addRepair(program)
  return program
}

function addServe(program: Command): void {
  subcommand(program, 'serve', 'serve the HTTP API on this machine', [
    'serve --port 8080 --workspace ./workspace',
  ])
    .option(
      '--port <number>',
      '0 takes a free one (default: LEDGERLINE_PORT, else 4600)',
      wholeNumber(0, 65_535),
    )
    .option('--host <address>', 'loopback only (default: LEDGERLINE_HOST, else 127.0.0.1)')
    .action(async (_options, command: Command) => {
      const { serveCommand } = await import('./commands/serve.js')
      await serveCommand(command.optsWithGlobals())
    })
}

function addStats(program: Command): void {
  subcommand(program, 'stats', 'requests, tokens, cost, latency and errors', [
    'stats',
    'stats --project support-bot --from 2026-01-01 --to 2026-01-31 --group-by day,model',
    'stats --group-by week --timezone Europe/Berlin --json',
  ])
    .option('--project <id or slug>', 'only this project')
    .option('--chat <id>', 'only this chat of the project; needs --project')
    .option('--from <date>', 'a date or an instant with a zone; included')
    .option('--to <date>', 'a date or an instant with a zone; included')
    .option(
      '--group-by <list>',
      'hour, day, week, month, model, provider, chat, ..., metadata.<key>; with commas',
    )
    .option('--timezone <name>', 'IANA name (default: UTC)')
    .addOption(new Option('--week-start <day>', 'first day of a week (default: monday)').choices(WEEKDAYS))
    .action(async (_options, command: Command) => {
      const { statsCommand } = await import('./commands/stats.js')
      await statsCommand(command.optsWithGlobals())
    })
}

function addTail(program: Command): void {
  subcommand(program, 'tail', 'the last entries, oldest first', ['tail -n 5', 'tail --follow --json'])
    .option('--project <id or slug>', 'only this project')
    .option('-n, --lines <number>', 'how many entries', wholeNumber(0, 100_000), 20)
    .option('-f, --follow', 'go on with new entries, looked for once a second')
    .action(async (_options, command: Command) => {
      const { tailCommand } = await import('./commands/tail.js')
      await tailCommand(command.optsWithGlobals())
    })
}

function addShow(program: Command): void {
  subcommand(program, 'show', 'one entry', ['show 0190a5c2-7d3e-7000-8000-000000000000'])
    .argument('<id>', 'id of the entry')
    .option('--project <id or slug>', 'only look in this project')
    .action(async (id: string, _options, command: Command) => {
      const { showCommand } = await import('./commands/show.js')
      await showCommand(id, command.optsWithGlobals())
    })
}

function addLog(program: Command): void {
  subcommand(program, 'log', 'log entries from standard input: one JSON object, or one a line', [
    'log < entries.jsonl',
    `log --project support-bot <<< '{"chat_id":"c1","model":"gpt-4o","status":"success"}'`,
  ])
    .option('--project <id or slug>', 'the project of entries that have no project_id')
    .addHelpText('after', LOG_NOTE)
    .action(async (_options, command: Command) => {
      const { logCommand } = await import('./commands/log.js')
      await logCommand(command.optsWithGlobals())
    })
}

function addProjects(program: Command): void {
  const projects = subcommand(program, 'projects', 'list the projects, or make one', [
    'projects --json',
  ]).action(async (_options, command: Command) => {
    const { projectsCommand } = await import('./commands/projects.js')
    await projectsCommand(command.optsWithGlobals())
  })
  subcommand(projects, 'create', 'make a project', ['projects create "Support bot"'])
    .argument('<name>', '1-100 characters: a letter or digit, then letters, digits, _, -, space')
    .option('--default-model <model>', 'the model the application mostly uses')
    .action(async (name: string, _options, command: Command) => {
      const { createProjectCommand } = await import('./commands/create-project.js')
      await createProjectCommand(name, command.optsWithGlobals())
    })
}

function addRotate(program: Command): void {
  subcommand(program, 'rotate', 'close the active files, then seal, compress and delete as configured', [
    'rotate --project support-bot',
  ])
    .option('--project <id or slug>', 'only this project')
    .addHelpText('after', ROTATE_NOTE)
    .action(async (_options, command: Command) => {
      const { rotateCommand } = await import('./commands/rotate.js')
      await rotateCommand(command.optsWithGlobals())
    })
}

function addCleanup(program: Command): void {
  const limit = wholeNumber(1, Number.MAX_SAFE_INTEGER)
  const days = wholeNumber(1, 36_500)
  subcommand(program, 'cleanup', 'delete closed segments past the limits of retention; totals stay', [
    'cleanup --dry-run --max-age-days 90',
    'cleanup --project support-bot --max-bytes 1000000000',
  ])
    .option('--project <id or slug>', 'only this project')
    .option('--dry-run', 'say what would be deleted, and change nothing')
    .option('--trust-clock', 'take the present time as right although the clock jumped')
    .option('--max-age-days <number>', 'days since the newest line of a segment', days)
    .option('--max-segments <number>', 'closed segments of one journal', limit)
    .option('--max-bytes <number>', 'what the closed segments of one journal weigh together', limit)
    .option('--chats-max-age-days <number>', 'days since the last message of a chat', days)
    .addHelpText('after', CLEANUP_NOTE)
    .action(async (_options, command: Command) => {
      const { cleanupCommand } = await import('./commands/cleanup.js')
      await cleanupCommand(command.optsWithGlobals())
    })
}

function addVerify(program: Command): void {
  subcommand(program, 'verify', 'read every line of every file, and name what is damaged', [
    'verify --project support-bot',
    'verify --seals --public-key ledger.pub.pem --head 17:1e286beb7d3c78...',
  ])
    .option('--project <id or slug>', 'only this project')
    .option('--seals', 'check the seals of closed segments too')
    .option(
      '--head <seq:hash>',
      'a head that was printed before must still be there; may be given again',
      sealHeads,
    )
    .option('--public-key <file>', 'Ed25519 in PEM: seals must be signed by it')
    .addHelpText('after', VERIFY_NOTE)
    .action(async (_options, command: Command) => {
      const { verifyCommand } = await import('./commands/verify.js')
      await verifyCommand(command.optsWithGlobals())
    })
}

function addRepair(program: Command): void {
  subcommand(program, 'repair', 'take damage out of files, and save what it still holds', [
    'repair --dry-run',
    'repair --project support-bot',
  ])
    .option('--project <id or slug>', 'only this project')
    .option('--dry-run', 'say what would be repaired, and change nothing')
    .addHelpText('after', REPAIR_NOTE)
    .action(async (_options, command: Command) => {
      const { repairCommand } = await import('./commands/repair.js')
      await repairCommand(command.optsWithGlobals())
    })
}

function subcommand(
  parent: Command,
  name: string,
  description: string,
  examples: readonly string[],
): Command {
  const lines = examples.map((example) => `  $ ledgerline ${example}`)
  return parent
    .command(name)
    .description(description)
    .helpOption('--help', 'print help')
    .addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
}

/** `17:<64 hex digits>`, after those that were given before. */
function sealHeads(text: string, before: readonly SealHead[] = []): readonly SealHead[] {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
  if (seq === undefined || hash === undefined) {
    throw new InvalidArgumentError('It is no number, colon and 64 hex digits.')
  }
  return [...before, { seq: Number(seq), hash }]
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
    if (number >= min && number <= max) return number
    throw new InvalidArgumentError(`It is no integer from ${min} to ${max}.`)
  }
}
