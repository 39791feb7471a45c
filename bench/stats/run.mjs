/**
 * `npm run bench:stats`: what an answer costs, by the size of the ledger, side by side with other ways to get it.
 *
 * What makes it fair:
 * - Everybody answers from the same lines, and gives the same measures: counts, tokens, cost, average, p50 to p99 and maximum of
 *   latency and time to first token. Every system's first answers are compared with those of a fold over the lines; a wrong one
 *   ends the run. Percentiles of the peers are exact (DuckDB: quantile_disc, ClickHouse: quantilesExact).
 * - The peers count lines; Ledgerline counts each id once, by its final state, looks for damage, and adds the stats by model.
 * - Warm rows are the median of many questions in one process, with other chats, instants and days each time. In the rows
 *   that open the ledger each question has a process of its own, and its time begins at openLedger.
 * - The files are in the page cache as far as memory allows: cold is the process and the index, not the disk.
 * - DuckDB and ClickHouse have as many threads as there are cores. Parquet holds the fields that stats ask for, by ZSTD;
 *   MergeTree is ordered by project and time. Systems take turns, and of the rounds the median counts.
 * - What the typed sum of DuckDB costs, from its import on and in a process of its own, is the yardstick of a cold answer.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { machine } from '../machine.mjs'
import { replaceSection } from '../markdown.mjs'
import { chart } from './chart.mjs'
import { clickhouseInstalled } from './clickhouse-installed.mjs'
import { makeLedger } from './ledger/make-ledger.mjs'
import { measure, measureDoubling } from './measure.mjs'
import { readPlan, USAGE } from './plan.mjs'
import { QUESTIONS } from './questions.mjs'
import { sectionOf } from './table.mjs'

const plan = planOrUsage()
const started = performance.now()
const place = plan.keep === undefined ? mkdtempSync(join(tmpdir(), 'ledgerline-stats-')) : resolve(plan.keep)
mkdirSync(place, { recursive: true })
const conditions = machine(place)
const systems = plan.systems.filter((name) => name !== 'clickhouse' || plan.print || clickhouseInstalled())
const kept = plan.figures !== undefined && existsSync(plan.figures)
const all = new Map(
  kept ? JSON.parse(readFileSync(plan.figures, 'utf8')).map((one) => [one.entries, one]) : [],
)

// Also when the run is cut off: gigabytes would stay behind.
process.on('exit', () => plan.keep === undefined && rmSync(place, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1))

for (const entries of plan.sizes) await measureSize(entries)
if (plan.measures.has('doubling') && plan.sizes.length > 0) await double()
print()

async function measureSize(entries) {
  await withLedger(entries, 1, async (ledger) => {
    const { measures, seconds } = plan
    const rounds = plan.roundsOf(entries)
    const figures = await measure(ledger, { systems, measures, rounds, seconds }, tellOf(entries))
    remember({ ...figures, rounds, conditions })
  })
}

async function double() {
  const single = plan.doubled
  await withLedger(single, 1, (one) =>
    withLedger(2 * single, 2, async (two) => {
      const tell = tellOf(`${single} and ${2 * single}`)
      const doubling = await measureDoubling(one, two, plan.roundsOf(single), tell)
      // Told with the largest size: that is where the bounds are.
      remember({ ...all.get(plan.sizes.at(-1)), doubling, doubled: single })
    }),
  )
}

async function withLedger(entries, copies, use) {
  const folder = join(place, `${entries}${copies === 1 ? '' : `-by-${copies}`}`)
  mkdirSync(folder, { recursive: true })
  tellOf(entries)('making the ledger')
  try {
    await use({ ...makeLedger(folder, entries, copies), folder })
  } finally {
    if (plan.keep === undefined) rmSync(folder, { recursive: true, force: true })
  }
}

/** A run of hours loses nothing that it measured. */
function remember(figures) {
  all.set(figures.entries, figures)
  if (plan.figures !== undefined) writeFileSync(plan.figures, `${JSON.stringify(sorted(), null, 1)}\n`)
}

function sorted() {
  return [...all.values()].sort((a, b) => a.entries - b.entries)
}

function print() {
  const sections = sorted().map((figures) => {
    const made = `Measured on ${figures.conditions}; medians of ${figures.rounds} rounds${
      figures.doubling === undefined ? '' : `; doubled from ${figures.doubled.toLocaleString('en')} entries`
    }.`
    return `${sectionOf(figures)}\n${made}\n`
  })
  const asked = Object.entries(QUESTIONS).map(([name, text]) => `- **${name}**: ${text}\n`)
  const page = `## Stats, side by side

Printed by \`npm run bench:stats\`. The ledger is of a year, with 50 projects of which one holds half, 8 models, 5,000 users and 20
requests a chat. A cell is the time of an answer, and in brackets its multiple of Ledgerline's warm one. What makes it
fair stands at the head of \`bench/stats/run.mjs\`.

${asked.join('')}
${sections.join('\n')}`
  process.stdout.write(page)
  if (plan.markdown !== undefined) replaceSection(plan.markdown, 'bench:stats', page)
  if (plan.chart !== undefined && all.size > 0) writeFileSync(plan.chart, chart(sorted()))
}

function tellOf(entries) {
  return (what) =>
    process.stderr.write(
      `${Math.round((performance.now() - started) / 1000)} s: ${entries} entries, ${what}\n`,
    )
}

function planOrUsage() {
  try {
    return readPlan(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${USAGE}`)
    process.exit(2)
  }
}
