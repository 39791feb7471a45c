/**
 * `npm run bench:capture`: what capture adds to a call, beside the bare SDK.
 *
 * What makes it fair:
 * - A provider on loopback, in a process of its own, answers at once with 2 KB. Both sides send the same requests to it by the real SDK.
 * - Each round is a process of its own with a warm-up; with and without capture take turns, and of each figure the median counts.
 * - CPU is that of all threads of the process, user and system, from the first measured call until every line is written
 *   (`flush`), so what is done behind the caller is in it.
 * - The chat log is on (`content: full`), as it is by default: each call sends a short history that is new.
 */
import { spawn, spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { machine } from '../machine.mjs'
import { replaceSection } from '../markdown.mjs'
import { percentile } from '../percentile.mjs'
import { CLIENTS } from './clients.mjs'

const GOAL_US = 100
const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '5' },
    markdown: { type: 'string' },
  },
})
const [calls, rounds] = [Number(values.calls), Number(values.rounds)]
if (!(calls > 0 && rounds > 0)) {
  process.stderr.write('npm run bench:capture -- [--calls <n>] [--rounds <n>] [--markdown <file>]\n')
  process.exit(2)
}

const conditions = machine(tmpdir())
const provider = spawn(process.execPath, [here('provider.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] })
process.once('exit', () => provider.kill())
const url = await new Promise((resolve) =>
  provider.stdout.once('data', (data) => resolve(String(data).trim())),
)

const rows = []
for (const name of Object.keys(CLIENTS)) {
  for (const streaming of [false, true]) {
    const found = { bare: [], captured: [] }
    for (let round = 0; round < rounds; round++) {
      for (const captured of round % 2 === 0 ? [false, true] : [true, false]) {
        found[captured ? 'captured' : 'bare'].push(oneRound({ name, streaming, captured, calls, url }))
      }
    }
    const [bare, captured] = [found.bare, found.captured].map((list) => percentile(list, 0.5))
    rows.push({ name, streaming, bare, captured, added: captured - bare })
    process.stderr.write(
      `${name}${streaming ? ', streaming' : ''}: ${(captured - bare).toFixed(0)} µs more\n`,
    )
  }
}
provider.kill()

const us = (value) => `${value.toFixed(0)} µs`
const page = `## Capture beside the bare SDK

Printed by \`npm run bench:capture\`: ${conditions}; medians of ${rounds} rounds of ${calls} calls, one at a time. CPU a call of all
threads, until its lines are written; the answer is 2 KB. What makes it fair stands at the head of \`bench/capture/run.mjs\`.

|  | bare | captured | added |
| --- | --: | --: | --: |
${rows
  .map(
    ({ name, streaming, bare, captured, added }) =>
      `| ${CLIENTS[name].title}${streaming ? ', streaming' : ''} | ${us(bare)} | ${us(captured)} | ${us(added)} |\n`,
  )
  .join('')}
${rows
  .map(
    ({ name, streaming, added }) =>
      `- ${added < GOAL_US ? 'reached' : 'NOT REACHED'}: ${CLIENTS[name].title}${streaming ? ', streaming' : ''}: ${us(added)} more, below ${GOAL_US} µs\n`,
  )
  .join('')}`
process.stdout.write(page)
if (values.markdown !== undefined) replaceSection(values.markdown, 'bench:capture', page)

function oneRound(plan) {
  const { status, stdout } = spawnSync(process.execPath, [here('round.mjs'), JSON.stringify(plan)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  })
  if (status !== 0) process.exit(1)
  return Number(stdout)
}
