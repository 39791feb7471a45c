// A disk that refuses for a while, under a writer that goes on logging.
import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { checkAcknowledged, checkReopens, checkSum } from './check.mjs'
import { readJournal } from './journal.mjs'
import { startWriter } from './writer.mjs'

/** The table's bound, and as much again for a busy machine. */
const BOUND_MS = 2_000
const LONG_MS = 10_000

/**
 * Logs, begins the outage, waits for the first refusal, ends it, waits for the first success, and looks at the disk.
 * Both modes, since only the one that does not throw keeps lines to write them later.
 * @param {import('./run-case.mjs').Context} context
 * @param {{workspace: string, projectId: string, logsDir: string, mode: 'throw' | 'never', options?: Record<string, unknown>,
 *   uid?: number, begin: (pid: number) => unknown, end?: (pid: number) => unknown}} outage it does not end without `end`
 */
export async function liveThrough(
  { numbers },
  { workspace, projectId, logsDir, mode, options = {}, uid, begin, end },
) {
  const task = {
    workspace,
    projects: [projectId],
    prefix: mode,
    inFlight: 4,
    pauseMs: 25,
    onError: mode,
    options,
  }
  const writer = startWriter(task, uid === undefined ? {} : { uid })
  const since = (/** @type {string[]} */ outcomes, /** @type {number} */ ms) =>
    writer.calls().find(({ atMs, outcome }) => atMs > ms && outcomes.includes(outcome))
  await writer.until(() => writer.acknowledged().length >= 20)
  const { pid = 0 } = writer.process
  await begin(pid)
  const begun = Date.now()
  assert.ok(await writer.until(() => since(['no', 'kept'], begun) !== undefined, LONG_MS), 'no call failed')
  const refusedMs = (since(['no', 'kept'], begun)?.atMs ?? 0) - begun
  await delay(500)
  const during = writer.calls().filter(({ atMs, outcome }) => atMs > begun && outcome !== 'ok').length
  const resumedMs = end === undefined ? undefined : await resume(writer, () => end(pid))
  writer.process.kill('SIGUSR2')
  const { code, stderr, end: integrity } = await writer.exited
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' }, 'I5')
  checkSum(integrity, integrity.calls)
  const journal = readJournal(logsDir)
  const acknowledged = writer.acknowledged()
  checkAcknowledged(journal, acknowledged)
  assert.ok(
    integrity.persisted === journal.ids.size,
    `I4: ${integrity.persisted} persisted, ${journal.ids.size} ids in the files`,
  )
  if (end !== undefined) await checkReopens(workspace, { id: projectId, paths: { logsDir } })
  if (numbers.timed) {
    assert.ok(refusedMs <= BOUND_MS, `the first failure was reported after ${refusedMs} ms`)
    assert.ok((resumedMs ?? 0) <= BOUND_MS, `it resumed after ${resumedMs} ms`)
  }
  const resumed = resumedMs === undefined ? '' : `, resumed after ${resumedMs} ms`
  return `${mode}: refused after ${refusedMs} ms, ${during} calls${resumed}`
}

/** Milliseconds until the first success. @param {import('./writer.mjs').Writer} writer @param {() => unknown} end */
async function resume(writer, end) {
  await end()
  const ended = Date.now()
  const success = () => writer.calls().find(({ atMs, outcome }) => atMs > ended && outcome === 'ok')
  assert.ok(await writer.until(() => success() !== undefined, LONG_MS), 'I6: it did not resume by itself')
  // What was kept is tried again once a second.
  await delay(1_500)
  return (success()?.atMs ?? ended) - ended
}
