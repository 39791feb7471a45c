/** The commands that log, or make what is logged to. */
import type { Command } from 'commander'
import { subcommand, wholeNumber } from './subcommand.js'

const LOG_NOTE = `
An entry keeps the project_id it has, also with --project.

An entry without a status is pending: stats count it as pending, or interrupted
once this command has ended, and not as a request, until the same id comes with
success, error or timeout. How many there were is said on standard error.`

export function addServe(program: Command): void {
  subcommand(program, 'serve', 'serve the HTTP API on this machine', [
    'serve --port 8080 --workspace ./workspace',
  ])
    .option(
      '--port <number>',
      '0 takes a free one (default: LEDGERLINE_PORT, else 4600)',
      wholeNumber(0, 65_535),
    )
    .option('--host <address>', 'loopback only (default: LEDGERLINE_HOST, else 127.0.0.1)')
    .option(
      '--upstreams <file>',
      'JSON: where /proxy/<name>/ leads (default: LEDGERLINE_UPSTREAMS, else no proxy)',
    )
    .action(async (_options, command: Command) => {
      const { serveCommand } = await import('../commands/serve.js')
      await serveCommand(command.optsWithGlobals())
    })
}

export function addLog(program: Command): void {
  subcommand(program, 'log', 'log entries from standard input: one JSON object, or one a line', [
    'log < entries.jsonl',
    `log --project support-bot <<< '{"chat_id":"c1","model":"gpt-4o","status":"success"}'`,
  ])
    .option('--project <id or slug>', 'the project of entries that have no project_id')
    .addHelpText('after', LOG_NOTE)
    .action(async (_options, command: Command) => {
      const { logCommand } = await import('../commands/log.js')
      await logCommand(command.optsWithGlobals())
    })
}

export function addProjects(program: Command): void {
  const projects = subcommand(program, 'projects', 'list the projects, or make one', [
    'projects --json',
  ]).action(async (_options, command: Command) => {
    const { projectsCommand } = await import('../commands/projects.js')
    await projectsCommand(command.optsWithGlobals())
  })
  subcommand(projects, 'create', 'make a project', ['projects create "Support bot"'])
    .argument('<name>', '1-100 characters: a letter or digit, then letters, digits, _, -, space')
    .option('--default-model <model>', 'the model the application mostly uses')
    .action(async (name: string, _options, command: Command) => {
      const { createProjectCommand } = await import('../commands/create-project.js')
      await createProjectCommand(name, command.optsWithGlobals())
    })
}
