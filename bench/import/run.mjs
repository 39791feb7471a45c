// `npm run bench:import -- [--mb <n>] [--answers-only] [--markdown <file>]`: 1 GB of Claude Code sessions imported by the command line, and again.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { machine } from '../machine.mjs'
import { Page } from '../markdown.mjs'
import { makeSample } from './sample.mjs'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const MEGA = 1_000_000
const MAX_SECONDS = 30
const MAX_RESIDENT_MB = 400

const { values } = parseArgs({
  options: {
    mb: { type: 'string', default: '1000' },
    'answers-only': { type: 'boolean', default: false },
    markdown: { type: 'string' },
  },
})
const bytes = Number(values.mb) * MEGA
if (!(bytes > 0)) {
  process.stderr.write('npm run bench:import -- [--mb <n>] [--answers-only] [--markdown <file>]\n')
  process.exit(2)
}
const isAnswersOnly = values['answers-only']
const largest = isAnswersOnly ? 0 : 400_000
const page = new Page()
const folder = mkdtempSync(join(tmpdir(), 'ledgerline-bench-import-'))
try {
  const sample = makeSample(join(folder, 'sessions'), bytes, largest)
  const mb = Math.round(sample.bytes / MEGA)
  page.print(`## Importing Claude Code${isAnswersOnly ? ', answers alone' : ''}

Printed by \`npm run bench:import${isAnswersOnly ? ' -- --answers-only' : ''}\`: ${machine(folder)}; ${mb} MB in ${sample.files} files,
${sample.lines} lines, ${sample.calls} calls.${isAnswersOnly ? ' Sessions without results of tools: each line is a call.' : ''}

`)
  await run(['projects', 'create', 'Bench'])
  page.print(
    '| run | seconds | CPU s | MB/s | peak MB | new | changed | known |\n|---|---|---|---|---|---|---|---|\n',
  )
  const results = []
  for (const [name, ...flags] of [['dry run', '--dry-run'], ['first'], ['again at once']]) {
    const args = ['import', 'claude-code', join(folder, 'sessions'), '--project', 'bench', '--json', ...flags]
    const { seconds, cpuSeconds, peakMb, stdout } = await run(args)
    const { new_entries: added, changed_entries: changed, known_entries: known } = JSON.parse(stdout)
    const speed = Math.round(sample.bytes / MEGA / seconds)
    page.print(
      `| ${name} | ${seconds.toFixed(1)} | ${cpuSeconds.toFixed(1)} | ${speed} | ${peakMb} | ${added} | ${changed} | ${known} |\n`,
    )
    results.push({ seconds, peakMb, added, changed, known })
  }
  const [dry, first, again] = results
  const holds = [
    [
      `under ${MAX_SECONDS} s`,
      results.every(({ seconds }) => seconds * (1000 * MEGA) <= MAX_SECONDS * sample.bytes),
    ],
    [`under ${MAX_RESIDENT_MB} MB`, results.every(({ peakMb }) => peakMb < MAX_RESIDENT_MB)],
    ['each call once', dry.added === sample.calls && first.added === sample.calls],
    ['again: nothing new', again.added === 0 && again.changed === 0 && again.known === sample.calls],
  ]
  page.print(`\n${holds.map(([name, ok]) => `- ${ok ? 'holds' : 'FAILS'}: ${name}`).join('\n')}\n`)
  page.save(values.markdown, isAnswersOnly ? 'bench:import-answers' : 'bench:import')
  if (holds.some(([, ok]) => !ok)) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** The command with its wall time, and what Linux tells as long as it runs. */
async function run(args) {
  const started = performance.now()
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let seen = { peakMb: 0, cpuSeconds: 0 }
  const looking = setInterval(() => {
    seen = lookAt(child.pid) ?? seen
  }, 20)
  let stdout = ''
  child.stdout.on('data', (data) => {
    stdout += data
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  clearInterval(looking)
  if (code !== 0) throw new Error(`${args.join(' ')} exited with ${code}`)
  return { seconds: (performance.now() - started) / 1000, stdout, ...seen }
}

/** The highest resident size and the CPU of all threads; undefined once the process is gone. */
function lookAt(pid) {
  try {
    const kb = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1])
    // Behind the name in parentheses; user and system time in ticks of 10 ms.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? []
    if (Number.isNaN(kb)) return undefined
    return {
      peakMb: Math.round((kb * 1024) / MEGA),
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100,
    }
  } catch {
    return undefined
  }
}
