/**
 * `npm run bench:append`: what a logged entry costs, side by side with other ways of writing it to a file.
 *
 * What makes it fair:
 * - Same entries: each is a fresh object made within the measured time, with a text of its own made before it, so that
 *   nothing can be remembered from one entry to the next. Each line holds what was given; this is checked.
 * - The limit is no logger: the completed entry (with the id, times and price that stand in Ledgerline's file) goes
 *   through JSON.stringify and once into a buffer. The others log the entry as given, plus what they add by themselves.
 * - Each round is a process of its own with a warm-up; the systems take turns, and of each figure the median counts.
 * - A system that acknowledges is asked by N callers that each wait. One that does not is called N times, then the
 *   event loop gets a turn; its time ends when all its lines are written, as that of the others does.
 * - CPU is that of all threads, user and system. Peak RSS is what the measured part added. The delay of the event loop
 *   counts what would have come due in a stall, too (../loop-delay.mjs).
 * - Nobody but Ledgerline `fsync` waits for the disk; Ledgerline also checks, prices and redacts each entry, and
 *   counts it in its live counters. Each system is set up as its documentation has it, see systems/.
 */
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { ensureInstalled } from '../../scripts/ensure-installed.mjs'
import { machine } from '../machine.mjs'
import { replaceSection } from '../markdown.mjs'
import { mustHold } from './must-hold.mjs'
import { readPlan, USAGE } from './plan.mjs'
import { measure } from './rounds.mjs'
import { table } from './table.mjs'

const plan = planOrUsage()
ensureInstalled(fileURLToPath(new URL('.', import.meta.url)))

let page = ''
print(plan.parts ? partsTitle() : title())
let bounds = []
for (const each of plan.cases) {
  print(`\n### ${each.label} of text, ${each.inFlight} in flight\n\n`)
  const figures = measure(plan, each)
  print(table(figures))
  if (!plan.parts && each.bytes === 200 && each.inFlight === 256) bounds = mustHold(figures)
}
if (bounds.length > 0)
  print(`\nAt 200 B and 256 in flight:\n\n${bounds.map((line) => `- ${line}\n`).join('')}`)
if (plan.markdown !== undefined)
  replaceSection(plan.markdown, plan.parts ? 'bench:append-parts' : 'bench:append', page)

function title() {
  return `## Appending, side by side

Printed by \`npm run bench:append\`: ${conditions()}

The limit is JSON.stringify and one copy into a buffer of the very lines that Ledgerline writes. CPU is of
all threads; ack is the time until a call knows that its line is written (\`none\`: it never does); loop is how late the
event loop was; RSS is what the run added. What makes it fair stands at the head of \`bench/append/run.mjs\`.
`
}

function partsTitle() {
  return `## What a call is made of

Printed by \`npm run bench:append -- --parts\`: ${conditions()}

Each row does what the one before it does, and one thing more; the last one also seals the segments it closes.
`
}

function conditions() {
  return `${machine(plan.dir ?? tmpdir())}; medians of ${plan.rounds} rounds, in turns.`
}

function print(text) {
  process.stdout.write(text)
  page += text
}

function planOrUsage() {
  try {
    return readPlan(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${USAGE}`)
    process.exit(2)
  }
}
