// One case of the table: run, timed, its folders and mounts taken away again.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { openLedger } from '../../../dist/index.js'
import { QUIET } from './check.mjs'
import { killAll } from './writer.mjs'

/**
 * @typedef {object} Numbers how much is done; a case takes those that concern it
 * @property {number} kills
 * @property {number} powerCuts
 * @property {number} entries
 * @property {number} writers
 * @property {boolean} thorough every step of what can be stepped through
 * @property {boolean} timed bounds of time are checked
 *
 * @typedef {object} Case
 * @property {string} name
 * @property {string} fault as it is called in the table
 * @property {string} checks
 * @property {boolean} [quick] part of `npm test`, with small numbers
 * @property {(context: Context) => Promise<Outcome>} run throws what did not hold
 *
 * @typedef {{runs: number, found: string}} Outcome
 * @typedef {{name: string, fault: string, result: 'passed' | 'failed' | 'skipped', runs: number, text: string, seconds: number}} Row
 *
 * @typedef {object} Context
 * @property {Numbers} numbers
 * @property {() => number} random from 0 to 1, by the seed
 * @property {(what?: string) => string} folder a new one
 * @property {(undo: () => unknown) => void} onEnd last in, first out
 * @property {(workspace: string, name?: string) => Promise<import('../../../dist/index.js').Project>} project
 */

/** @type {Numbers} */
export const SMALL = { kills: 12, powerCuts: 30, entries: 4_000, writers: 4, thorough: false, timed: false }

/** What a case throws that cannot run here. */
export class Skipped extends Error {}

/** @param {Case} one @param {{numbers: Numbers, seed: number, keep?: boolean, limitMs?: number}} options @returns {Promise<Row>} */
export async function runCase(one, { numbers, seed, keep = false, limitMs = 10_800_000 }) {
  const started = performance.now()
  const base = mkdtempSync(join(tmpdir(), `ledgerline-faults-${one.name}-`))
  /** @type {(() => unknown)[]} */
  const undo = []
  /** @type {Pick<Row, 'result' | 'runs' | 'text'>} */
  let outcome
  const limit = new AbortController()
  const over = delay(limitMs, undefined, { signal: limit.signal }).then(() => {
    throw new Error(`not over after ${limitMs / 1000} s`)
  })
  try {
    const running = one.run({
      numbers,
      random: randomFrom(seed),
      folder: (what = 'folder') => mkdtempSync(join(base, `${what}-`)),
      onEnd: (step) => void undo.push(step),
      project: makeProject,
    })
    const { runs, found } = await Promise.race([running, over])
    outcome = { result: 'passed', runs, text: found }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    outcome = { result: error instanceof Skipped ? 'skipped' : 'failed', runs: 0, text }
  }
  limit.abort()
  await over.catch(() => undefined)
  try {
    await killAll()
    for (const step of undo.reverse()) await step()
    if (keep) outcome.text += ` [${base}]`
    else rmSync(base, { recursive: true, force: true, maxRetries: 3 })
  } catch (error) {
    outcome.text += ` (${base} was left: ${error instanceof Error ? error.message : error})`
  }
  const seconds = (performance.now() - started) / 1000
  return { name: one.name, fault: one.fault, ...outcome, seconds }
}

/** @param {string} workspace */
async function makeProject(workspace, name = 'Test') {
  const ledger = await openLedger({ workspace, systemLog: QUIET })
  const project = await ledger.createProject({ name })
  await ledger.close()
  return project
}

/** mulberry32: the same numbers for the same seed. @param {number} seed */
function randomFrom(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
