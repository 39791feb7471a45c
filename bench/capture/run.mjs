/**
 * `npm run bench:capture`: what capture adds to a call, beside the bare SDK.
 *
 * What makes it fair:
 * - A provider on loopback, in a process of its own, answers at once with 2 KB. Both sides send the same requests to it by the real SDK.
 * - Each round is a process of its own; with and without capture take turns, and of each figure the median counts.
 * - The first calls of a process cost three times as much, with or without capture, since V8 has not compiled anything yet: they warm
 *   up both sides alike.
 * - No file is deleted before the end: ext4 looks long for an inode that was not freed just now, which made a new chat three times as dear.
 * - One after another, answered at once: calls that are over before their pending line is due. With 32 in flight, answered after 30 ms,
 *   each has its pending line, and the memory of all is in use at once.
 * - CPU is that of all threads of the process, user and system, from the first measured call until every line is written
 *   (`flush`), so what is done behind the caller is in it.
 * - The chat log is on (`content: full`), as it is by default: each call sends a short history that is new, ten calls a chat. How much
 *   of the cost that is, a third side shows: the same capture without the chat log (`messages: false`).
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { machine } from '../machine.mjs'
import { replaceSection } from '../markdown.mjs'
import { percentile } from '../percentile.mjs'
import { CLIENTS } from './clients.mjs'

const GOAL_US = 100
const SIDES = ['bare', 'entries', 'captured']
const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '4000' },
    rounds: { type: 'string', default: '3' },
    markdown: { type: 'string' },
  },
})
const [calls, rounds] = [Number(values.calls), Number(values.rounds)]
if (!(calls > 0 && rounds > 0)) {
  process.stderr.write('npm run bench:capture -- [--calls <n>] [--rounds <n>] [--markdown <file>]\n')
  process.exit(2)
}

const conditions = machine(tmpdir())
const folder = mkdtempSync(join(tmpdir(), 'ledgerline-bench-capture-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const [atOnce, later] = [await startProvider(0), await startProvider(30)]
const MODES = [
  { title: '', streaming: false, inFlight: 1, url: atOnce.url },
  { title: ', streaming', streaming: true, inFlight: 1, url: atOnce.url },
  { title: ', 32 in flight', streaming: false, inFlight: 32, url: later.url },
]

const rows = []
for (const name of Object.keys(CLIENTS)) {
  for (const { title, streaming, inFlight, url } of MODES) {
    const found = Object.fromEntries(SIDES.map((side) => [side, []]))
    for (let round = 0; round < rounds; round++) {
      for (const side of round % 2 === 0 ? SIDES : SIDES.toReversed()) {
        found[side].push(oneRound({ name, streaming, side, calls, url, inFlight, folder }))
      }
    }
    const [bare, entries, captured] = SIDES.map((side) => percentile(found[side], 0.5))
    rows.push({ title: `${CLIENTS[name].title}${title}`, bare, entries, captured, added: captured - bare })
    process.stderr.write(`${name}${title}: ${(captured - bare).toFixed(0)} µs more\n`)
  }
}
for (const provider of [atOnce, later]) provider.kill()

const us = (value) => `${value.toFixed(0)} µs`
const page = `## Capture beside the bare SDK

Printed by \`npm run bench:capture\`: ${conditions}; medians of ${rounds} rounds of ${calls} calls after a warm-up. CPU a call of all
threads, until its lines are written; the answer is 2 KB. What makes it fair stands at the head of \`bench/capture/run.mjs\`.

|  | bare | without the chat log | captured | added | times bare |
| --- | --: | --: | --: | --: | --: |
${rows
  .map(
    ({ title, bare, entries, captured, added }) =>
      `| ${title} | ${us(bare)} | ${us(entries)} | ${us(captured)} | ${us(added)} | ${(added / bare).toFixed(2)} |\n`,
  )
  .join('')}
${rows
  .map(
    ({ title, added }) =>
      `- ${added < GOAL_US ? 'reached' : 'NOT REACHED'}: ${title}: ${us(added)} more, below ${GOAL_US} µs\n`,
  )
  .join('')}`
process.stdout.write(page)
if (values.markdown !== undefined) replaceSection(values.markdown, 'bench:capture', page)

async function startProvider(afterMs) {
  const provider = spawn(process.execPath, [here('provider.mjs'), String(afterMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.once('exit', () => provider.kill())
  const url = await new Promise((resolve) =>
    provider.stdout.once('data', (data) => resolve(String(data).trim())),
  )
  return { url, kill: () => provider.kill() }
}

function oneRound(plan) {
  const { status, stdout } = spawnSync(process.execPath, [here('round.mjs'), JSON.stringify(plan)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  })
  if (status !== 0) process.exit(1)
  return Number(stdout)
}
