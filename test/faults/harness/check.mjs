// The invariants of the log, as assertions on what was acknowledged and what is on the disk.
import assert from 'node:assert/strict'
import { openLedger } from '../../../dist/index.js'
import { entryOf } from './entry.mjs'
import { readJournal } from './journal.mjs'

/** Nothing on the terminal, no file of its own. */
export const QUIET = /** @type {const} */ ({ level: 'silent', pretty: false, file: false })

/**
 * I1: each acknowledged id is there, as it was logged, once. A sync that failed may leave a second line equal to the
 * first in a closed segment: allowed with `resends`. `altered`: a changed character that leaves JSON is no finding.
 * @param {import('./journal.mjs').Journal} journal @param {Iterable<string>} acknowledged
 */
export function checkAcknowledged(
  journal,
  acknowledged,
  { resends = false, altered = false, what = 'ids' } = {},
) {
  const missing = [...acknowledged].filter((id) => !journal.ids.has(id))
  assert.ok(
    missing.length === 0,
    `I1: ${missing.length} acknowledged ${what} are missing: ${sample(missing)}`,
  )
  assert.ok(altered || journal.altered.length === 0, `I1: content differs of ${sample(journal.altered)}`)
  assert.ok(journal.doubled.length === 0, `I1: doubled and different: ${sample(journal.doubled)}`)
  if (resends) return
  const twice = [...journal.ids].filter(([, { count }]) => count > 1).map(([id]) => id)
  assert.ok(twice.length === 0, `I1: ${twice.length} ${what} have more than one line: ${sample(twice)}`)
}

/**
 * I2, I3, I6: a ledger opens on the folder without help, counts what a plain reading of the files counts, and goes on
 * logging behind what it found. Gives the integrity of that ledger.
 * @param {string} workspace @param {{id: string, paths: {logsDir: string}}} project
 * @param {{altered?: boolean, options?: import('../../../dist/index.js').LedgerOptions}} [how]
 */
export async function checkReopens(workspace, project, { altered = false, options = {} } = {}) {
  const before = readJournal(project.paths.logsDir)
  const scope = /** @type {const} */ ({ type: 'project', projectId: project.id })
  const ledger = await openLedger({ workspace, systemLog: QUIET, ...options })
  try {
    sameCounts(await ledger.getStats(scope), before, 'before the next append')
    const id = `reopened-${process.hrtime.bigint()}`
    await ledger.logLLMRequest(entryOf(project.id, id))
    const after = readJournal(project.paths.logsDir)
    checkAcknowledged(after, [...before.ids.keys(), id], { resends: true, altered })
    sameCounts(await ledger.getStats(scope), after, 'after the next append')
    return ledger.integrity()
  } finally {
    await ledger.close()
  }
}

/** @param {import('../../../dist/index.js').Stats} stats @param {import('./journal.mjs').Journal} journal @param {string} when */
function sameCounts({ summary }, journal, when) {
  const { totalRequests, pendingRequests, interruptedRequests, integrity } = summary
  const counted = totalRequests + pendingRequests + interruptedRequests
  assert.ok(
    counted === journal.ids.size,
    `I3: stats count ${counted} ids, the files hold ${journal.ids.size} (${when})`,
  )
  const ranges = journal.damaged.map(({ path, from, to }) => `${path}:${from}-${to}`)
  const told = `I2: ${integrity.damaged} damaged lines told, the files hold ${ranges.length}: ${sample(ranges)} (${when})`
  assert.ok(integrity.damaged === ranges.length, told)
}

/** I4. @param {import('../../../dist/index.js').Integrity} integrity @param {number} [calls] how many were made and settled */
export function checkSum(integrity, calls) {
  const { received, persisted, rejected, dropped } = integrity
  assert.ok(received === persisted + rejected + dropped, `I4: ${JSON.stringify(integrity)}`)
  assert.ok(calls === undefined || received === calls, `I4: ${calls} calls, ${JSON.stringify(integrity)}`)
}

/** @param {string[]} list */
function sample(list) {
  return `${list.slice(0, 3).join(', ')}${list.length > 3 ? `, and ${list.length - 3} more` : ''}`
}
