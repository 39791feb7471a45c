// One run is recorded and then cut at many places: after each the disk is made as it may be, and opened.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { checkAcknowledged, checkReopens } from '../harness/check.mjs'
import { readJournal, readMessages } from '../harness/journal.mjs'
import { compile } from '../harness/machine.mjs'
import { OWN_PROJECT, resolverOf } from '../harness/own-root.mjs'
import { Disk } from '../harness/power-cut.mjs'
import { readTrace } from '../harness/trace.mjs'
import { startWriter } from '../harness/writer.mjs'

const CUTS_A_RUN = 50
/**
 * Of a new workspace the folder is there and nothing else; the writer of a second slot finds the first one taken; an
 * own root is what a resolver gives.
 */
const KINDS = ['new workspace', 'known workspace', 'second slot', 'own root']

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'power-cut-simulated',
  fault: 'power loss',
  checks: 'fsync: I1 for entries, messages and the project itself; os: I2; both: I3, I6 at each reopening',
  quick: true,
  async run(context) {
    const shim = compile(context, 'record.so')
    const { powerCuts } = context.numbers
    /** @type {Map<string, {times: number, first: string}>} */
    const failures = new Map()
    let cuts = 0
    let acknowledged = 0
    for (let run = 0; cuts < powerCuts; run++) {
      const count = Math.min(CUTS_A_RUN, Math.ceil(powerCuts / (KINDS.length + 1)), powerCuts - cuts)
      // Four of five at fsync: there is more that must hold.
      acknowledged += await cutOneRun(
        context,
        shim,
        run % 5 === 4 ? 'os' : 'fsync',
        count,
        KINDS[run % KINDS.length] ?? 'new workspace',
        failures,
      )
      cuts += count
    }
    const told = [...failures].map(([what, { times, first }]) => `${times} times ${what}, first at ${first}`)
    assert.ok(failures.size === 0, `of ${cuts} cuts ${told.join('; ')}`)
    return { runs: cuts, found: `${acknowledged} acknowledged calls looked for` }
  },
}

/**
 * @param {import('../harness/run-case.mjs').Context} context @param {string} shim @param {'os' | 'fsync'} durability
 * @param {number} count of cuts @param {string} kind of run, one of KINDS
 * @param {Map<string, {times: number, first: string}>} failures
 */
async function cutOneRun({ folder, random }, shim, durability, count, kind, failures) {
  const isOwn = kind === 'own root'
  const isNew = kind === 'new workspace' || isOwn
  const workspace = folder('workspace')
  const projects = join(workspace, 'projects')
  if (!isNew) mkdirSync(projects)
  const disk = new Disk(isNew ? [workspace] : [workspace, projects])
  const trace = join(folder('trace'), 'trace')
  const options = { durability, rotation: { maxBytes: 16_384 } }
  const task = {
    workspace,
    prefix: 'cut',
    count: 300,
    inFlight: 4,
    messagesEvery: 5,
    chats: 20,
    options,
    isSecond: kind === 'second slot',
    ...(isOwn ? { projects: [OWN_PROJECT], ownRoot: ownRootIn(workspace) } : {}),
  }
  const env = { LD_PRELOAD: shim, FAULTS_ROOT: workspace, FAULTS_TRACE: trace }
  const { code, stderr } = await startWriter(task, { env }).exited
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })

  const steps = readTrace(trace)
  const places = Array.from({ length: count }, () => Math.floor(random() * steps.length)).sort(
    (a, b) => a - b,
  )
  /** @type {string[][]} */
  const said = []
  let acknowledged = 0
  for (const [at, step] of steps.entries()) {
    while (places[0] === at) {
      places.shift()
      const after = folder('after')
      disk.restore(workspace, after, random)
      try {
        acknowledged += await checkAfter(after, durability, said, isOwn)
        rmSync(after, { recursive: true })
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        // Alike but for their numbers.
        const what = `${durability}, ${kind}: ${reason.split(':').slice(0, 2).join(':').replace(/ \d+/g, ' n')}`
        const { times = 0, first = `step ${at} of ${steps.length}, ${reason} (${after})` } =
          failures.get(what) ?? {}
        failures.set(what, { times: times + 1, first })
      }
    }
    if (step.type === 'said') said.push(step.data.toString().trim().split(' '))
    else disk.take(step)
  }
  return acknowledged
}

/** Throws what does not hold. @param {string} workspace @param {'os' | 'fsync'} durability @param {string[][]} said @param {boolean} isOwn */
async function checkAfter(workspace, durability, said, isOwn) {
  const idsOf = (/** @type {string} */ what) =>
    said.flatMap(([, outcome, id = '']) => (outcome === what ? [id] : []))
  const entries = idsOf('ok')
  const messages = idsOf('message')
  const [projectId] = idsOf('project')
  const project = isOwn ? { root: ownRootIn(workspace), id: OWN_PROJECT } : projectIn(workspace)
  if (durability === 'fsync' && (isOwn || projectId !== undefined)) {
    assert.ok(
      project !== undefined && (isOwn || project.id === projectId),
      'I1: the project that was made is not there',
    )
    checkAcknowledged(readJournal(join(project.root, 'logs')), entries)
    checkAcknowledged(readMessages(project.root), messages, { what: 'messages' })
  }
  if (project !== undefined) {
    const options = isOwn ? { projects: resolverOf(project.root) } : {}
    await checkReopens(
      workspace,
      { id: project.id, paths: { logsDir: join(project.root, 'logs') } },
      { options },
    )
  }
  return durability === 'fsync' ? entries.length + messages.length : 0
}

/** @param {string} workspace */
function ownRootIn(workspace) {
  return join(workspace, 'host', 'projects', 'one')
}

/** @param {string} workspace */
function projectIn(workspace) {
  const projects = join(workspace, 'projects')
  for (const name of existsSync(projects) ? readdirSync(projects) : []) {
    const root = join(projects, name)
    try {
      return { root, id: String(JSON.parse(readFileSync(join(root, 'project.json'), 'utf8')).id) }
    } catch {
      // Not made to the end when the power went.
    }
  }
  return undefined
}
