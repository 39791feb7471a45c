import assert from 'node:assert/strict'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openLedger } from '../../../dist/index.js'
import { QUIET } from '../harness/check.mjs'
import { DAMAGES, linesOf } from '../harness/damages.mjs'
import { entryOf } from '../harness/entry.mjs'

const ENTRIES = 50
const SEGMENTS = 3

/** @typedef {(lines: Buffer[], random: () => number) => unknown} Damage */
/** Of the chain itself. @type {[string, Damage][]} */
const CHAIN_DAMAGES = [
  ['its first record deleted', (lines) => lines.shift()],
  ['a record deleted in the middle', (lines) => lines.splice(1, 1)],
  ['its last record cut off', (lines) => lines.pop()],
  ['two records swapped', (lines) => lines.splice(0, 2, ...lines.slice(0, 2).reverse())],
  [
    'a record edited',
    (lines) => lines.splice(1, 1, Buffer.from(String(lines[1]).replace(/"lines":\d+/, '"lines":7'))),
  ],
  ['a record doubled', (lines) => lines.push(lines.at(-1) ?? Buffer.alloc(0))],
  ['emptied', (lines) => lines.splice(0)],
]

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'damage-sealed',
  fault: 'damage inside',
  checks:
    'lines of a sealed segment and of the chain edited, swapped, deleted, cut: verify names each, and the intact workspace is clean',
  quick: true,
  async run({ folder, random, numbers, project: makeProject }) {
    const original = folder()
    const project = await makeProject(original)
    const made = await openLedger({ workspace: original, systemLog: QUIET })
    for (let segment = 0; segment < SEGMENTS; segment++) {
      for (let n = 0; n < ENTRIES; n++) await made.logLLMRequest(entryOf(project.id, `d-${segment}-${n}`))
      await made.rotateLogs()
    }
    const { ok, seals } = await made.verify({ seals: true })
    await made.close()
    assert.ok(ok, 'the intact workspace is not clean')
    const head = seals.flatMap((journal) => journal.head ?? [])
    const logs = join('projects', project.slug, 'logs')
    const [first = ''] = readdirSync(join(original, logs)).filter((name) =>
      name.startsWith('llm_requests.0-'),
    )

    const found = { changed: 0, named: 0 }
    const failures = new Set()
    const attack = async (
      /** @type {string} */ name,
      /** @type {string} */ file,
      /** @type {Damage | undefined} */ damage,
    ) => {
      const workspace = folder()
      cpSync(original, workspace, { recursive: true })
      const path = join(workspace, logs, file)
      const before = readFileSync(path)
      const lines = linesOf(before)
      if (damage === undefined) rmSync(path)
      else {
        damage(lines, random)
        writeFileSync(path, Buffer.concat(lines))
      }
      if (damage === undefined || !Buffer.concat(lines).equals(before)) {
        found.changed++
        const ledger = await openLedger({ workspace, systemLog: QUIET, upkeep: false, liveCounters: false })
        const { ok, sealFaults } = await ledger.verify({ seals: true, head })
        await ledger.close()
        const isOfChain = file.includes('.seals.')
        const isNamed = sealFaults.some(({ segment }) => isOfChain || file.startsWith(`${segment}.`))
        if (!ok && isNamed) found.named++
        else failures.add(`${name}: ${JSON.stringify(sealFaults)}`)
      }
      rmSync(workspace, { recursive: true })
    }
    for (let round = 0; round < (numbers.thorough ? 10 : 1); round++)
      for (const [name, damage] of DAMAGES) await attack(name, first, damage)
    await attack('the segment deleted', first, undefined)
    for (const [name, damage] of CHAIN_DAMAGES)
      await attack(`the chain: ${name}`, 'llm_requests.seals.jsonl', damage)
    await attack('the chain deleted', 'llm_requests.seals.jsonl', undefined)
    assert.ok(failures.size === 0, [...failures].slice(0, 5).join('; '))
    return { runs: found.changed, found: `${found.named} of ${found.changed} changes named` }
  },
}
