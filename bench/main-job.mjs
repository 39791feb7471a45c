// `npm run bench`: what the main job costs. Import, log 100,000 entries, ask for stats of them.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openLedger } from '../dist/index.js'

const ENTRIES = 100_000
const IN_FLIGHT = 256
const ROUNDS = 9
const INDEX = fileURLToPath(new URL('../dist/index.js', import.meta.url))

/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** @param {string} name @param {number[]} times @param {string} [note] */
function row(name, times, note = '') {
  const [min, mid, max] = [Math.min(...times), median(times), Math.max(...times)].map(
    (ms) => `${ms.toFixed(1)} ms`,
  )
  const range = times.length === 1 ? '' : `${min} to ${max}`
  process.stdout.write(`| ${name} | ${mid} | ${range} | ${note} |\n`)
}

function importTimes() {
  const code = `const t = performance.now(); await import(${JSON.stringify(INDEX)}); console.log(performance.now() - t)`
  const run = () =>
    Number(execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }))
  run()
  return Array.from({ length: ROUNDS }, run)
}

/** @param {number} i @param {string} projectId */
function entry(i, projectId) {
  return {
    project_id: projectId,
    chat_id: `chat-${Math.floor(i / 20)}`,
    model: ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4-20250514', 'gemini-2.5-pro'][i % 4],
    status: i % 17 === 0 ? 'error' : 'success',
    timestamp_start: new Date(
      Date.UTC(2025, 0, 1) + Math.floor((i / ENTRIES) * 31_536_000_000),
    ).toISOString(),
    usage: { prompt_tokens: 200 + (i % 900), completion_tokens: i % 300 },
    timings: { latency_ms: (i % 1000) + 0.5, time_to_first_token_ms: i % 200 },
    metadata: { text: 'x'.repeat(200) },
  }
}

/** @param {() => Promise<unknown>} ask */
async function times(ask) {
  await ask()
  const measured = []
  for (let i = 0; i < ROUNDS; i++) {
    const started = performance.now()
    await ask()
    measured.push(performance.now() - started)
  }
  return measured
}

const workspace = mkdtempSync(join(tmpdir(), 'ledgerline-bench-'))
try {
  process.stdout.write(
    `${availableParallelism()} cores, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}\n\n`,
  )
  process.stdout.write('| what | median | range | |\n| --- | --- | --- | --- |\n')
  row('import of the package', importTimes())

  const ledger = await openLedger({ workspace, systemLog: { level: 'silent', pretty: false } })
  const { id } = await ledger.createProject({ name: 'Bench' })
  await ledger.logLLMRequest(entry(0, id))
  const started = performance.now()
  let next = 1
  const work = async () => {
    while (next < ENTRIES) await ledger.logLLMRequest(entry(next++, id))
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, work))
  const elapsed = performance.now() - started
  row(
    `${ENTRIES} x logLLMRequest, ${IN_FLIGHT} in flight`,
    [elapsed],
    `${Math.round((ENTRIES / elapsed) * 1000)} a second`,
  )

  const project = /** @type {const} */ ({ type: 'project', projectId: id })
  const first = performance.now()
  await ledger.getStats(project)
  row(`getStats of ${ENTRIES} entries, the first, which loads the engine`, [performance.now() - first])
  row('getStats, summary', await times(() => ledger.getStats(project)))
  const byDay = /** @type {const} */ ({ groupBy: ['day', 'model'], timezone: 'Europe/Berlin' })
  row('getStats, day x model in Europe/Berlin', await times(() => ledger.getStats(project, byDay)))
  row(
    'getStats of one chat',
    await times(() => ledger.getStats({ type: 'chat', projectId: id, chatId: 'chat-7' })),
  )
  row('getLLMRequestLogs, newest 50', await times(() => ledger.getLLMRequestLogs({ projectId: id })))
  const loops = 100_000
  const readAt = performance.now()
  for (let i = 0; i < loops; i++) ledger.getCachedStats(project)
  row(
    'getCachedStats',
    [performance.now() - readAt],
    `${(((performance.now() - readAt) / loops) * 1000).toFixed(2)} µs a call, ${loops} calls`,
  )
  await ledger.close()

  const opened = performance.now()
  await (await openLedger({ workspace, systemLog: { level: 'silent', pretty: false } })).close()
  row(`openLedger on ${ENTRIES} entries (live counters hydrated)`, [performance.now() - opened])
} finally {
  rmSync(workspace, { recursive: true, force: true })
}
