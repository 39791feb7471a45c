/** The command that takes over what other programs have logged. */
import { Argument, type Command } from 'commander'
import { IMPORT_FORMATS, type ImportFormat } from '../../index.js'
import { subcommand } from './subcommand.js'

const IMPORT_NOTE = `
Counts, times, models and ids are imported, and nothing that was said. The same
call is one entry however often it is imported: run it again when files have
grown, or after it was ended early. Links are not followed. docs/import.md says
what each format holds and how it maps.`

export function addImport(program: Command): void {
  subcommand(program, 'import', 'take over the model calls that other programs have logged', [
    'import claude-code ~/.claude/projects --project coding --dry-run',
    'import codex ~/.codex/sessions --project coding',
    'import litellm spend-logs.jsonl --project gateway',
  ])
    .addArgument(new Argument('<format>', 'who wrote the files').choices(IMPORT_FORMATS))
    .argument('<paths...>', 'files, or folders with all files below them')
    .requiredOption('--project <id or slug>', 'the project of the entries')
    .option('--dry-run', 'say what would be imported, and write nothing')
    .addHelpText('after', IMPORT_NOTE)
    .action(async (format: ImportFormat, paths: string[], _options, command: Command) => {
      const { importCommand } = await import('../commands/import.js')
      await importCommand(format, paths, command.optsWithGlobals())
    })
}
