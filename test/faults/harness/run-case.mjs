// One case of the table: run, timed, its folders and mounts taken away again.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { openLedger } from '../../../dist/index.js'
import { QUIET } from './check.mjs'
import { killAll } from './writer.mjs'

/** @typedef {import('./run-case.d.mts').Case} Case @typedef {import('./run-case.d.mts').Row} Row */

/** @type {import('./run-case.d.mts').Numbers} */
export const SMALL = { kills: 12, powerCuts: 30, entries: 4_000, writers: 4, thorough: false, timed: false }

/** What a case throws that cannot run here. */
export class Skipped extends Error {}

/** @type {typeof import('./run-case.d.mts').runCase} */
export async function runCase(one, { numbers, seed, keep = false, limitMs = 10_800_000 }) {
  const started = performance.now()
  const base = mkdtempSync(join(tmpdir(), `ledgerline-faults-${one.name}-`))
  /** @type {(() => unknown)[]} */
  const undo = []
  const whenInterrupted = () => {
    for (const step of undo.splice(0).reverse()) void step()
    rmSync(base, { recursive: true, force: true })
  }
  process.once('exit', whenInterrupted)
  /** @type {Promise<import('./run-case.d.mts').Outcome>} */
  const running = one.run({
    numbers,
    random: randomFrom(seed),
    folder: (what = 'folder') => mkdtempSync(join(base, `${what}-`)),
    onEnd: (step) => void undo.push(step),
    project: makeProject,
  })
  const { result, runs, text } = await outcomeOf(running, limitMs)
  let left = keep ? ` [${base}]` : ''
  try {
    await killAll()
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step()
    if (!keep) rmSync(base, { recursive: true, force: true, maxRetries: 3 })
  } catch (error) {
    left = ` (${base} was left: ${error instanceof Error ? error.message : error})`
  }
  process.off('exit', whenInterrupted)
  const seconds = (performance.now() - started) / 1000
  return { name: one.name, fault: one.fault, result, runs, text: `${text}${left}`, seconds }
}

/** @param {Promise<import('./run-case.d.mts').Outcome>} running @param {number} limitMs @returns {Promise<Pick<Row, 'result' | 'runs' | 'text'>>} */
async function outcomeOf(running, limitMs) {
  const limit = new AbortController()
  const over = delay(limitMs, undefined, { signal: limit.signal }).then(() => {
    throw new Error(`not over after ${limitMs / 1000} s`)
  })
  try {
    const { runs, found } = await Promise.race([running, over])
    return { result: 'passed', runs, text: found }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    return { result: error instanceof Skipped ? 'skipped' : 'failed', runs: 0, text }
  } finally {
    limit.abort()
    await over.catch(() => undefined)
  }
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
