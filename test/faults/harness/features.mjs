// Which options the built package takes: cases use what is there and say what is not.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLedger } from '../../../dist/index.js'
import { QUIET } from './check.mjs'

/** @typedef {Record<string, unknown>} Options of openLedger */

/** Joins those that are taken; `missing` names the others. @param {Options} base @param {Record<string, Options>} wanted by name */
export async function withOptions(base, wanted) {
  let options = base
  const missing = []
  for (const [name, more] of Object.entries(wanted)) {
    const next = merged(options, more)
    if (await isTaken(next)) options = next
    else missing.push(name)
  }
  return { options, missing, without: missing.length === 0 ? '' : `; without ${missing.join(', ')}` }
}

/** @param {Options} options */
export async function isTaken(options) {
  const workspace = mkdtempSync(join(tmpdir(), 'ledgerline-faults-'))
  try {
    const ledger = await openLedger({ systemLog: QUIET, ...options, workspace })
    await ledger.close()
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'INVALID_OPTION') return false
    throw error
  } finally {
    rmSync(workspace, { recursive: true, force: true })
  }
}

/** One level deep, so that `rotation` may be given in parts. @param {Options} a @param {Options} b */
function merged(a, b) {
  const both = { ...a }
  for (const [name, value] of Object.entries(b)) {
    both[name] = typeof value === 'object' && value !== null ? { ...Object(a[name]), ...value } : value
  }
  return both
}
