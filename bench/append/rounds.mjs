// Rounds of all systems in turns, so that what else the machine does hits all of them; of each figure the median.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writtenLines } from './written-lines.mjs'

const ROUND = fileURLToPath(new URL('round.mjs', import.meta.url))

/**
 * A Map of system to its figures, see round.mjs; beside them `lineBytes`, and in `rates` the lowest and the highest.
 * Throws when a file lacks a line.
 */
export function measure({ systems, rounds, seconds, dir }, { bytes, inFlight, entries, warmUp }) {
  const measured = new Map(systems.map((system) => [system, []]))
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? systems : systems.toReversed()
    for (const system of order) {
      const given = { system, bytes, inFlight, entries, warmUp, seconds }
      measured.get(system).push(runRound(given, dir ?? tmpdir()))
    }
  }
  return new Map([...measured].map(([system, list]) => [system, medians(list)]))
}

function runRound(given, parent) {
  const folder = mkdtempSync(join(parent, 'ledgerline-append-'))
  try {
    const printed = execFileSync(
      process.execPath,
      ['--expose-gc', ROUND, JSON.stringify({ ...given, folder })],
      { encoding: 'utf8' },
    )
    const { lines, bytes, ...figures } = JSON.parse(printed)
    const written = bytes === undefined ? writtenLines(folder, given.bytes) : { lines, bytes }
    if (written.lines !== lines) {
      throw new Error(`${given.system} logged ${lines} entries, its files hold ${written.lines}`)
    }
    return { ...figures, lineBytes: written.bytes / lines }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function medians(list) {
  const median = (name) => middle(list.map((figures) => figures[name]))
  const rates = list.map(({ rate }) => rate)
  return {
    ...Object.fromEntries(Object.keys(list[0]).map((name) => [name, median(name)])),
    rates: [Math.min(...rates), Math.max(...rates)],
  }
}

function middle(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}
