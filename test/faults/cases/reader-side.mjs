import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { openLedger } from '../../../dist/index.js'
import { QUIET } from '../harness/check.mjs'
import { entryOf } from '../harness/entry.mjs'

const BOUND_MS = 60_000
const GIB = 2 ** 30

/** What stands beside an intact file. @type {[string, (logsDir: string) => void][]} */
const FILES = [
  ['a FIFO', (dir) => void spawnSync('mkfifo', [join(dir, 'llm_requests.1.jsonl')])],
  ['a symlink loop', (dir) => symlinkSync('llm_requests.1.jsonl', join(dir, 'llm_requests.1.jsonl'))],
  ['a symlink to a device', (dir) => symlinkSync('/dev/zero', join(dir, 'llm_requests.1.jsonl'))],
  ['a folder', (dir) => mkdirSync(join(dir, 'llm_requests.1.jsonl'))],
  ['a line of 2 GB', sparseLine],
]

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'reader-side',
  fault: "the reader's side",
  checks:
    'FIFO, symlink loop, device, folder, 2 GB line beside an intact file: answered with the intact lines and the damage; a file that shrinks while it is read: an answer or a clear error',
  async run({ folder, numbers, project: makeProject }) {
    /** @type {string[]} */
    const failures = []
    for (const [name, place] of FILES) {
      const workspace = folder()
      const project = await makeProject(workspace)
      const ledger = await openLedger({ workspace, systemLog: QUIET })
      for (let n = 0; n < 10; n++) await ledger.logLLMRequest(entryOf(project.id, `r-${n}`))
      place(project.paths.logsDir)
      const started = performance.now()
      const rss = process.memoryUsage.rss()
      const answer = await ledger.getStats({ type: 'project', projectId: project.id }).catch((error) => error)
      const { entries } = await ledger
        .getLLMRequestLogs({ projectId: project.id })
        .catch(() => ({ entries: [] }))
      const took = performance.now() - started
      const grew = (process.memoryUsage.rss() - rss) / GIB
      const { totalRequests, integrity } = answer.summary ?? {}
      if (totalRequests !== 10)
        failures.push(
          `${name}: ${answer instanceof Error ? `${answer.message}`.slice(0, 200) : `${totalRequests} of 10 counted`}`,
        )
      else if (integrity.damaged !== 1) failures.push(`${name}: ${integrity.damaged} damaged told, not 1`)
      if (entries.length !== 10) failures.push(`${name}: ${entries.length} of 10 listed`)
      if (numbers.timed && took > BOUND_MS) failures.push(`${name}: took ${(took / 1000).toFixed(0)} s`)
      if (grew > 1) failures.push(`${name}: took ${grew.toFixed(1)} GiB`)
      await ledger.close()
      rmSync(workspace, { recursive: true })
    }
    const answers = await readWhileShrinking(folder(), makeProject)
    failures.push(...answers.failures)
    assert.ok(failures.length === 0, failures.join('; '))
    return {
      runs: FILES.length + 1,
      found: `while it shrank: ${answers.ok} answers, ${answers.refused} clear errors`,
    }
  },
}

/** @param {string} dir */
function sparseLine(dir) {
  const file = openSync(join(dir, 'llm_requests.1.jsonl'), 'w')
  ftruncateSync(file, 2 * GIB)
  writeSync(file, '\n', 2 * GIB - 1)
  closeSync(file)
}

/** @param {string} workspace @param {import('../harness/run-case.mjs').Context['project']} makeProject */
async function readWhileShrinking(workspace, makeProject) {
  const project = await makeProject(workspace)
  const ledger = await openLedger({ workspace, systemLog: QUIET })
  await Promise.all(
    Array.from({ length: 20_000 }, (_, n) => ledger.logLLMRequest(entryOf(project.id, `s-${n}`))),
  )
  const path = join(project.paths.logsDir, 'llm_requests.jsonl')
  const whole = readFileSync(path)
  const found = { ok: 0, refused: 0, failures: /** @type {string[]} */ ([]) }
  for (let round = 0; round < 10; round++) {
    writeFileSync(path, whole)
    const asked = ledger.getStats({ type: 'project', projectId: project.id }).catch((error) => error)
    for (let part = 9; part >= 0; part--) {
      await new Promise((resolve) => setTimeout(resolve, 2))
      truncateSync(path, Math.floor((whole.length * part) / 10))
    }
    const answer = await asked
    if (answer.summary === undefined) {
      if ('code' in answer && 'hint' in answer) found.refused++
      else found.failures.push(`no clear error: ${answer}`)
    } else {
      if (answer.summary.totalRequests > 20_000)
        found.failures.push(`${answer.summary.totalRequests} of 20,000 counted`)
      found.ok++
    }
  }
  await ledger.close()
  return found
}
