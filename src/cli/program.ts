/** Every command with its options. What a command does is loaded when it runs. */
import { Command } from 'commander'
import { packageVersion } from '../index.js'
import { addImport } from './program/importing.js'
import { addCleanup, addRepair, addRotate, addVerify } from './program/keeping.js'
import { addLog, addProjects, addServe } from './program/logging.js'
import { addDoctor, addReprice } from './program/prices.js'
import { addShow, addStats, addTail } from './program/questions.js'
import { addExport, addQuery } from './program/sql.js'

const EXAMPLES = `
Examples:
  $ ledgerline projects create "Support bot"
  $ ledgerline log --project support-bot < entries.jsonl
  $ ledgerline stats --project support-bot --group-by day,model
  $ ledgerline serve --port 4600

Exit codes: 0 done, 1 failed, 2 the command line is wrong.`

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
  addQuery(program)
  addExport(program)
  addReprice(program)
  addLog(program)
  addImport(program)
  addProjects(program)
  addRotate(program)
  addCleanup(program)
  addVerify(program)
  addRepair(program)
  addDoctor(program)
  return program
}
