import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openLedger } from '../../../dist/index.js'
import { checkReopens, QUIET } from '../harness/check.mjs'
import { DAMAGES, linesOf } from '../harness/damages.mjs'
import { entryOf } from '../harness/entry.mjs'
import { readJournal } from '../harness/journal.mjs'

const ENTRIES = 50

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'damage-inside',
  fault: 'damage inside',
  checks: 'bits flipped, lines cut, glued, swapped, deleted: I2, I3, I6',
  quick: true,
  async run({ folder, random, numbers, project: makeProject }) {
    const workspace = folder()
    const project = await makeProject(workspace)
    const ledger = await openLedger({ workspace, systemLog: QUIET })
    for (let n = 0; n < ENTRIES; n++) await ledger.logLLMRequest(entryOf(project.id, `d-${n}`))
    await ledger.close()
    const path = join(project.paths.logsDir, 'llm_requests.jsonl')
    const whole = readFileSync(path)
    const rounds = numbers.thorough ? 20 : 1
    /** @type {Map<string, number>} */
    const failures = new Map()
    for (let round = 0; round < rounds; round++) {
      for (const [name, damage] of DAMAGES) {
        const lines = linesOf(whole)
        damage(lines, random)
        rmSync(project.paths.logsDir, { recursive: true })
        mkdirSync(project.paths.logsDir)
        writeFileSync(path, Buffer.concat(lines))
        try {
          await checkReopens(workspace, project, { altered: true })
          const { ids } = readJournal(project.paths.logsDir)
          assert.ok(ids.size >= ENTRIES - 20, `I2: only ${ids.size} of ${ENTRIES} are left`)
        } catch (cause) {
          const what = `${name}: ${cause instanceof Error ? cause.message.replaceAll(workspace, '') : cause}`
          failures.set(what, (failures.get(what) ?? 0) + 1)
        }
      }
    }
    const told = [...failures].slice(0, 5).map(([what, times]) => `${times} times ${what}`)
    assert.ok(failures.size === 0, told.join('; '))
    return { runs: rounds * DAMAGES.length, found: `${DAMAGES.length} kinds in ${ENTRIES} lines` }
  },
}
