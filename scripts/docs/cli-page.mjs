// docs/cli.md: what --help prints.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const COMMANDS = [
  '',
  'serve',
  'stats',
  'tail',
  'show',
  'query',
  'export',
  'reprice',
  'log',
  'import',
  'projects',
  'projects create',
  'rotate',
  'cleanup',
  'verify',
  'repair',
  'doctor',
]

const INTRODUCTION = `<!-- Made by scripts/docs.mjs from --help; do not edit. -->
# Command line

Standard output carries data and nothing else; messages go to standard error. With \`--json\` data are in the names and
shapes of the [HTTP API](http-api.md): one JSON value, or for \`tail\`, \`log\` and \`query\` one a line. Errors are then
\`{error, message, details}\` on one line of standard error, \`error\` being a code of [errors.md](errors.md); a command line
that is wrong is \`INVALID_OPTION\`. The rows of \`query\` and \`export\` have the names of [sql.md](sql.md).

| exit code | meaning |
|---|---|
| 0 | done; also when the reader of a pipe went away |
| 1 | failed: not found, invalid data, not writable, port taken, cancelled; \`verify\`: something is damaged |
| 2 | the command line is wrong: an unknown option or command, a value that is none, SQL that is refused |

\`stats\`, \`tail\`, \`show\`, \`query\`, \`export\`, \`reprice\`, \`projects\`, \`verify\` and \`doctor\` only read: they write nothing into the workspace but the index, and do not
make it. \`log\` reads to the end of its input whatever is wrong on the way: a bad line is reported with its number, the others are logged, and
the exit code is 1. Entries without a \`status\` are pending and not counted as requests; how many there were is said
on standard error at the end, with \`--json\` as \`{without_status, message}\`, and the exit code stays 0. Names that hold
control or direction characters are printed with escapes such as \`\\u001b\`. Colors appear on a terminal only, and not
with \`NO_COLOR\`.
`

export function cliPage(root) {
  const sections = COMMANDS.map((command) => {
    const args = command === '' ? [] : command.split(' ')
    const { stdout, status, stderr } = spawnSync(
      process.execPath,
      [join(root, 'dist', 'cli', 'main.js'), ...args, '--help'],
      { encoding: 'utf8' },
    )
    if (status !== 0) throw new Error(`ledgerline ${command} --help failed: ${stderr}`)
    return `## ledgerline${command === '' ? '' : ` ${command}`}\n\n\`\`\`text\n${stdout.trimEnd()}\n\`\`\`\n`
  })
  return [INTRODUCTION, ...sections].join('\n')
}
