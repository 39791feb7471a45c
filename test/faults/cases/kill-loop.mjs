// Some folders at a time, each with its own writers that are killed and started again on what they left.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { openLedger } from '../../../dist/index.js'
import { checkAcknowledged, checkReopens, QUIET } from '../harness/check.mjs'
import { readJournal, readMessages } from '../harness/journal.mjs'
import { compile } from '../harness/machine.mjs'
import { Skipped } from '../harness/run-case.mjs'
import { kill, startWriter } from '../harness/writer.mjs'

/** Then the folder is checked and a new one begun: a journal that grows without end would slow every start. */
const KILLS_A_FOLDER = 50
/** Most of a kill is the start of Node: while some start, others run. */
const FOLDERS_AT_ONCE = 5
const LONGEST_MS = 500

/**
 * @typedef {{kind: string, options: import('../../../dist/index.js').LedgerOptions, writers?: number, isCutUp?: boolean}} Kind
 * @typedef {{kills: number, acknowledged: number, damaged: number, midway: number, deleted: number}} Found
 */

const UPKEEP = /** @type {const} */ ({
  rotation: { maxBytes: 65_536, gzip: true },
  retention: { maxSegments: 5 },
})

/** @type {Kind[]} */
const KINDS = [
  { kind: 'compressed and deleted', options: UPKEEP },
  { kind: 'two writers, compressed and deleted', options: UPKEEP, writers: 2 },
  { kind: 'one file', options: {} },
  { kind: 'fsync, compressed and deleted', options: { ...UPKEEP, durability: 'fsync' } },
  // The kernel hardly ever stops inside of a write: a line is torn between two.
  { kind: 'short writes', options: { rotation: { maxBytes: 65_536 } }, isCutUp: true },
]

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'kill-loop',
  fault: 'kill -9 in a loop',
  checks:
    'during writing, rotating, sealing, compressing, deleting: I1 entries and messages, at most one damaged line a kill and file, I3, I6, seals hold',
  quick: true,
  async run(context) {
    const { kills } = context.numbers
    const share = Math.max(1, Math.min(KILLS_A_FOLDER, Math.ceil(kills / KINDS.length)))
    let [folders, left] = [0, kills]
    /** @type {Found} */
    const all = { kills: 0, acknowledged: 0, damaged: 0, midway: 0, deleted: 0 }
    const lane = async () => {
      while (left > 0) {
        const kind = KINDS[folders++ % KINDS.length] ?? { kind: 'one file', options: {} }
        const here = Math.min(left, share)
        left -= here
        const found = await killInFolder(context, kind, here).catch((cause) => {
          throw new Error(`${kind.kind}: ${cause instanceof Error ? cause.message : cause}`, { cause })
        })
        for (const name of /** @type {(keyof Found)[]} */ (Object.keys(all))) all[name] += found[name]
      }
    }
    await Promise.all(Array.from({ length: FOLDERS_AT_ONCE }, lane))
    const { acknowledged, damaged, midway, deleted } = all
    return {
      runs: all.kills,
      found: `${acknowledged} acknowledged calls found, ${damaged} damaged lines fenced, ${midway} kills in the middle of upkeep, ${deleted} segments deleted`,
    }
  },
}

/** @param {import('../harness/run-case.mjs').Context} context @param {Kind} kind @param {number} kills @returns {Promise<Found>} */
async function killInFolder(context, { options, writers = 1, isCutUp = false }, kills) {
  const { folder, project: makeProject, random } = context
  const workspace = folder('workspace')
  const project = await makeProject(workspace)
  const env = isCutUp ? shortWrites(context, workspace) : {}
  /** @type {string[]} */
  const entries = []
  /** @type {string[]} */
  const messages = []
  let [killed, midway] = [0, 0]
  for (let round = 0; killed < kills; round++) {
    const running = Array.from({ length: Math.min(writers, kills - killed) }, (_, n) =>
      startWriter(
        {
          workspace,
          projects: [project.id],
          prefix: `k${round}.${n}`,
          inFlight: 8,
          pauseMs: 4,
          messagesEvery: 10,
          priced: true,
          options,
        },
        { env },
      ),
    )
    // One in ten is killed while it starts: it may be about to fence what the one before left.
    if (random() < 0.9)
      await Promise.all(running.map((writer) => writer.until(() => writer.calls().length > 0)))
    // Short ones more often: what can be cut off happens all the time.
    await delay(1 + random() ** 2 * LONGEST_MS)
    for (const { signal, stderr } of await Promise.all(running.map(kill))) {
      assert.deepEqual({ signal, stderr }, { signal: 'SIGKILL', stderr: '' })
    }
    killed += running.length
    if (isMidway(project.paths.logsDir)) midway++
    for (const writer of running) {
      entries.push(...writer.acknowledged())
      messages.push(...writer.messages())
      const refused = writer.calls().filter(({ outcome }) => outcome === 'no' || outcome === 'kept')
      assert.equal(refused.length, 0, `refused: ${JSON.stringify(refused[0])}`)
    }
  }
  const journal = readJournal(project.paths.logsDir)
  checkAcknowledged(journal, entries)
  checkAcknowledged(readMessages(project.paths.root), messages, { what: 'messages' })
  const damaged = journal.damaged.length + journal.unfinished.length
  assert.ok(damaged <= killed, `I2: ${damaged} damaged lines after ${killed} kills`)
  assert.ok(killed < 5 || entries.length > killed, `too little was logged to say anything: ${entries.length}`)
  const deleted = await checkSeals(workspace, project.id, options)
  await checkReopens(workspace, project)
  checkAcknowledged(readJournal(project.paths.logsDir), entries)
  // What passed need not be kept until the end: it is large.
  rmSync(workspace, { recursive: true })
  return { kills: killed, acknowledged: entries.length + messages.length, damaged, midway, deleted }
}

/** Whether a pass was cut off: its draft is there, or one segment in two forms. @param {string} logsDir */
function isMidway(logsDir) {
  const slots = join(logsDir, '.slots')
  if (existsSync(slots) && readdirSync(slots).some((name) => name.startsWith('draft-upkeep-'))) return true
  const stems = readdirSync(logsDir).flatMap(
    (name) => /^(.+-[0-9TZ]+)\.(?:summary\.)?jsonl/.exec(name)?.[1] ?? [],
  )
  return new Set(stems).size < stems.length
}

/** A last pass finishes what was cut off; the segments that were deleted. @param {string} workspace @param {string} projectId @param {import('../../../dist/index.js').LedgerOptions} options */
async function checkSeals(workspace, projectId, options) {
  const ledger = await openLedger({ workspace, systemLog: QUIET, ...options })
  try {
    const { problems } = await ledger.rotateLogs(projectId)
    assert.deepEqual(problems, [], 'I6: upkeep')
    const { seals, sealFaults } = await ledger.verify({ seals: true })
    assert.ok(sealFaults.length === 0, `seals: ${JSON.stringify(sealFaults.slice(0, 3))}`)
    return seals.reduce((sum, { deleted }) => sum + deleted, 0)
  } finally {
    await ledger.close()
  }
}

/** None where there is no compiler. @param {import('../harness/run-case.mjs').Context} context @param {string} workspace @returns {NodeJS.ProcessEnv} */
function shortWrites(context, workspace) {
  try {
    const shim = compile(context, 'disk-faults.so')
    return { LD_PRELOAD: shim, FAULTS_ROOT: workspace, FAULTS_MATCH: '.jsonl', FAULTS_SHORT: '2' }
  } catch (error) {
    if (error instanceof Skipped) return {}
    throw error
  }
}
