// `npm run bench:proxy`: what the proxy adds to the time to first byte, on loopback. Upstream, bare proxy and Ledgerline
// are processes of their own; requests take turns between the three ways, so that all see the same machine.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { machine } from '../machine.mjs'
import { Page } from '../markdown.mjs'
import { percentile } from '../percentile.mjs'

const WARM_UP = 1000
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '2000' }, markdown: { type: 'string' } },
})
const ROUNDS = Number(values.rounds)
if (!(ROUNDS > 0)) {
  process.stderr.write('npm run bench:proxy -- [--rounds <n>] [--markdown <file>]\n')
  process.exit(2)
}
const page = new Page()
/** Added to the way without any proxy, ms. */
const BOUNDS = [
  ['p50', 0.5, 2],
  ['p99', 0.99, 10],
]
const agent = new Agent({ keepAlive: true, scheduling: 'lifo' })

const start = async (file, ...args) => {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args)
  const [{ url }] = await once(child, 'message')
  return { child, url }
}

/** Milliseconds until the first byte of the body, from when the request is made. */
const firstByte = (url, body) =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const started = performance.now()
    const outgoing = request(`${url}/v1/chat/completions`, { method: 'POST', headers, agent }, (answer) => {
      let first
      answer.on('data', () => {
        first ??= performance.now() - started
      })
      answer.on('end', () => resolve(first))
      answer.on('error', reject)
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })

const ms = (value) => value.toFixed(2)

const body = (stream) =>
  JSON.stringify({ model: 'gpt-4o', stream, messages: [{ role: 'user', content: 'word '.repeat(400) }] })

async function measure(ways, inFlight, stream) {
  const sent = body(stream)
  const times = new Map(ways.map(([name]) => [name, []]))
  for (let round = -WARM_UP; round < ROUNDS; round += inFlight) {
    for (const [name, url] of ways) {
      const took = await Promise.all(Array.from({ length: inFlight }, () => firstByte(url, sent)))
      if (round >= 0) times.get(name).push(...took)
    }
  }
  return times
}

page.print(`## The proxy's time to first byte

Printed by \`npm run bench:proxy\`: ${machine(tmpdir())}; ${ROUNDS} requests each way, in turns.
Added is what the way without any proxy does not take. Upstream, proxies and client are four processes.

`)
const upstream = await start('upstream.mjs')
const bare = await start('bare.mjs', upstream.url)
const ledgerline = await start('ledgerline.mjs', upstream.url)
const ways = [
  ['direct', upstream.url],
  ['bare proxy', bare.url],
  ['Ledgerline', ledgerline.url],
]
page.print('| answer, in flight | way | p50 ms | p99 ms | added p50 | added p99 |\n')
page.print('| --- | --- | --- | --- | --- | --- |\n')
let holds = true
for (const [what, inFlight, stream] of [
  ['2 KB, 1', 1, false],
  ['stream, 1', 1, true],
  ['2 KB, 20', 20, false],
]) {
  const times = await measure(ways, inFlight, stream)
  for (const [name, own] of times) {
    const figures = BOUNDS.map(([, share]) => percentile(own, share))
    const added = BOUNDS.map(([, share], at) => figures[at] - percentile(times.get('direct'), share))
    const cells = [...figures.map(ms), ...(name === 'direct' ? ['', ''] : added.map(ms))]
    page.print(`| ${what} | ${name} | ${cells.join(' | ')} |\n`)
    // With 20 at once on two cores, the four processes wait for each other.
    if (name !== 'Ledgerline' || inFlight > 1) continue
    for (const [at, [, , most]] of BOUNDS.entries()) if (!(added[at] < most)) holds = false
  }
}

ledgerline.child.send('end')
const [{ logged }] = await once(ledgerline.child, 'message')
const calls = (WARM_UP + ROUNDS) * 2 + Math.ceil((WARM_UP + ROUNDS) / 20) * 20
page.print(`\n${logged} entries of ${calls} calls\n`)
for (const { child } of [bare, upstream]) child.send('end')
agent.destroy()
page.print(
  `${holds && logged === calls ? 'pass' : 'FAIL'}: added p50 under 2 ms, p99 under 10 ms, one entry a call\n`,
)
process.exitCode = holds && logged === calls ? 0 : 1
page.save(values.markdown, 'bench:proxy')
