// `npm run faults`: what the log must live through, made to happen. See --help.
import { availableParallelism, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { build } from './build.mjs'
import { failureOf, markdownPage, oneLine } from './faults/report.mjs'
import { showRunning } from './faults/running.mjs'

const HELP = `npm run faults -- [options]
  --only <name>      this case only; may be given again
  --list             the cases and what they check
  --kills <n>        of kill-loop (400)
  --power-cuts <n>   simulated ones; real ones are one in 50 (1000)
  --entries <n>      of million; many-processes logs a quarter (200000)
  --writers <n>      processes of both (8)
  --seed <n>         of what is chosen by chance; printed when not given
  --keep             leave the folders
  --markdown         print the page of docs/reliability.md
`
const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    list: { type: 'boolean' },
    kills: { type: 'string', default: '400' },
    'power-cuts': { type: 'string', default: '1000' },
    entries: { type: 'string', default: '200000' },
    writers: { type: 'string', default: '8' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    keep: { type: 'boolean' },
    markdown: { type: 'boolean' },
    help: { type: 'boolean' },
  },
})
if (values.help) {
  process.stdout.write(HELP)
  process.exit(0)
}

build()
// What they import is only there now.
const { CASES } = await import('../test/faults/cases.mjs')
const { runCase } = await import('../test/faults/harness/run-case.mjs')

const unknown = (values.only ?? []).filter((name) => !CASES.some((one) => one.name === name))
if (unknown.length > 0) {
  process.stderr.write(`no case is called ${unknown.join(', ')}; --list names them\n`)
  process.exit(2)
}
if (values.list) {
  for (const { name, fault, checks } of CASES)
    process.stdout.write(`${name.padEnd(20)} ${fault}: ${checks}\n`)
  process.exit(0)
}

const numbers = {
  kills: count('kills'),
  powerCuts: count('power-cuts'),
  entries: count('entries'),
  writers: count('writers'),
  thorough: true,
  timed: true,
}
const seed = count('seed')
const machine = `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`
// The table alone goes to standard output when it is to be kept.
const progress = values.markdown ? process.stderr : process.stdout
progress.write(`${machine}, seed ${seed}\n`)
const rows = []
// Folders, mounts and children go at exit.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))
for (const one of CASES) {
  if (values.only !== undefined && !values.only.includes(one.name)) continue
  const running = showRunning(one.name, process.stderr)
  const row = await runCase(one, { numbers, seed, keep: values.keep === true }).finally(() => running.end())
  rows.push({ ...row, checks: one.checks })
  progress.write(`${oneLine(row)}\n`)
  if (row.result === 'failed') progress.write(`${failureOf(row)}\n`)
}
const counts = ['passed', 'failed', 'skipped']
  .map((result) => `${rows.filter((row) => row.result === result).length} ${result}`)
  .join(', ')
progress.write(`${counts}\n`)
if (values.markdown) {
  const command = `npm run faults -- ${process.argv.slice(2).join(' ')}`
  process.stdout.write(markdownPage(rows, { command, machine, counts, seed }))
}
process.exit(rows.some(({ result }) => result === 'failed') ? 1 : 0)

/** @param {'kills' | 'power-cuts' | 'entries' | 'writers' | 'seed'} name */
function count(name) {
  const number = Number(values[name])
  if (Number.isSafeInteger(number) && number >= 0) return number
  process.stderr.write(`--${name} is no count: ${values[name]}\n`)
  process.exit(2)
}
