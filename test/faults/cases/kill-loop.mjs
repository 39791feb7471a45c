// Two folders at a time, each with its own writers that are killed and started again on what they left.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { checkAcknowledged, checkReopens } from '../harness/check.mjs'
import { withOptions } from '../harness/features.mjs'
import { readJournal, readMessages } from '../harness/journal.mjs'
import { compile } from '../harness/machine.mjs'
import { Skipped } from '../harness/run-case.mjs'
import { kill, startWriter } from '../harness/writer.mjs'

/** Then the folder is checked and a new one begun: a journal that grows without end would slow every start. */
const KILLS_A_FOLDER = 50
const FOLDERS_AT_ONCE = 2
const LONGEST_MS = 500

/** @typedef {{kind: string, options: Record<string, unknown>, writers: number, isCutUp?: boolean}} Kind */

/** @type {Kind} */
const ONE_FILE = { kind: 'one file', options: {}, writers: 1 }
/** @type {Kind[]} */
const KINDS = [
  ONE_FILE,
  { kind: 'rotation', options: { rotation: { maxBytes: 65_536 } }, writers: 1 },
  { kind: 'rotation, two writers', options: { rotation: { maxBytes: 32_768 } }, writers: 2 },
  // The kernel hardly ever stops inside of a write: a line is torn between two.
  { kind: 'short writes', options: { rotation: { maxBytes: 65_536 } }, writers: 1, isCutUp: true },
  {
    kind: 'fsync and rotation',
    options: { durability: 'fsync', rotation: { maxBytes: 32_768 } },
    writers: 1,
  },
]

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'kill-loop',
  fault: 'kill -9 in a loop',
  checks: 'I1 entries and messages, at most one damaged line a kill and file, I3, I6',
  quick: true,
  async run(context) {
    const { kills } = context.numbers
    let [folders, left, acknowledged, damaged] = [0, kills, 0, 0]
    let notes = ''
    const lane = async () => {
      while (left > 0) {
        const { options, ...kind } = KINDS[folders++ % KINDS.length] ?? ONE_FILE
        const share = Math.min(left, Math.max(1, Math.min(KILLS_A_FOLDER, Math.ceil(kills / KINDS.length))))
        left -= share
        const wanted = {
          'rotation.gzip': { rotation: { gzip: true } },
          retention: { retention: { maxSegments: 20 } },
        }
        const { options: taken, without } = await withOptions(
          options,
          options.rotation === undefined ? {} : wanted,
        )
        notes ||= without
        const found = await killInFolder(context, { ...kind, options: taken }, share).catch((cause) => {
          throw new Error(`${kind.kind}: ${cause instanceof Error ? cause.message : cause}`, { cause })
        })
        acknowledged += found.acknowledged
        damaged += found.damaged
      }
    }
    await Promise.all(Array.from({ length: FOLDERS_AT_ONCE }, lane))
    return {
      runs: kills,
      found: `${acknowledged} acknowledged calls found, ${damaged} damaged lines fenced${notes}`,
    }
  },
}

/** @param {import('../harness/run-case.mjs').Context} context @param {Kind} kind @param {number} kills */
async function killInFolder(context, { options, writers, isCutUp = false }, kills) {
  const { folder, project: makeProject, random } = context
  const workspace = folder('workspace')
  const project = await makeProject(workspace)
  const env = isCutUp ? shortWrites(context, workspace) : {}
  /** @type {string[]} */
  const entries = []
  /** @type {string[]} */
  const messages = []
  for (let round = 0; round < kills; round++) {
    const running = Array.from({ length: writers }, (_, n) =>
      startWriter(
        {
          workspace,
          projects: [project.id],
          prefix: `k${round}.${n}`,
          messagesEvery: 10,
          pauseMs: 1,
          options,
        },
        { env },
      ),
    )
    // One in ten is killed while it starts: it may be about to fence what the one before left.
    if (random() < 0.9)
      await Promise.all(running.map((writer) => writer.until(() => writer.calls().length > 0)))
    await delay(1 + random() * LONGEST_MS)
    for (const { signal, stderr } of await Promise.all(running.map(kill))) {
      assert.deepEqual({ signal, stderr }, { signal: 'SIGKILL', stderr: '' })
    }
    for (const writer of running) {
      entries.push(...writer.acknowledged())
      messages.push(...writer.messages())
      const refused = writer.calls().filter(({ outcome }) => outcome === 'no' || outcome === 'kept')
      assert.equal(refused.length, 0, `refused: ${JSON.stringify(refused[0])}`)
    }
  }
  const journal = readJournal(project.paths.logsDir)
  checkAcknowledged(journal, entries)
  const chats = readMessages(project.paths.root)
  checkAcknowledged(chats, messages)
  const damaged = journal.damaged.length + journal.unfinished.length
  assert.ok(damaged <= kills * writers, `I2: ${damaged} damaged lines after ${kills * writers} kills`)
  assert.ok(kills < 5 || entries.length > kills, `too little was logged to say anything: ${entries.length}`)
  await checkReopens(workspace, project)
  // What passed need not be kept until the end: it is large.
  rmSync(workspace, { recursive: true })
  return { acknowledged: entries.length + messages.length, damaged }
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
