import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openLedger } from '../../../dist/index.js'
import { checkReopens, QUIET } from '../harness/check.mjs'
import { entryOf } from '../harness/entry.mjs'
import { readJournal } from '../harness/journal.mjs'

/** @type {[string, Buffer][]} behind the last newline */
const TAILS = [
  ['one NUL', Buffer.alloc(1)],
  ['a page of NULs', Buffer.alloc(4096)],
  ['NULs and a newline', Buffer.from('\0\0\0\0\n')],
  ['garbage', Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x7b, 0x22])],
  ['half a character', Buffer.from('{"id":"😀').subarray(0, -2)],
  [
    'half a character and a newline',
    Buffer.concat([Buffer.from('{"id":"😀').subarray(0, -2), Buffer.from('\n')]),
  ],
  ['a brace', Buffer.from('{')],
  ['an object that is no entry', Buffer.from('{"a":1}')],
  ['a carriage return', Buffer.from('\r')],
  ['a byte order mark', Buffer.from('\ufeff')],
  ['a megabyte without a newline', Buffer.alloc(1 << 20, 'x')],
]

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'torn-tail',
  fault: 'torn tail',
  checks: 'the last line cut at every byte; NULs, garbage, half a character behind it: I2, I3, I6',
  quick: true,
  async run({ folder, numbers, project: makeProject }) {
    const workspace = folder()
    const project = await makeProject(workspace)
    const ledger = await openLedger({ workspace, systemLog: QUIET })
    for (const id of ['first', 'second', 'last-144']) await ledger.logLLMRequest(entryOf(project.id, id))
    await ledger.close()
    const path = join(project.paths.logsDir, 'llm_requests.jsonl')
    const whole = readFileSync(path)
    const lastLine = whole.lastIndexOf(0x0a, whole.length - 2) + 1

    /** @type {[string, Buffer][]} */
    const contents = TAILS.map(([name, tail]) => [name, Buffer.concat([whole, tail])])
    const step = numbers.thorough ? 1 : 41
    for (let size = whole.length - 1; size >= lastLine; size -= step)
      contents.push([`cut at ${size}`, whole.subarray(0, size)])
    for (const [name, content] of contents) {
      rmSync(project.paths.logsDir, { recursive: true })
      mkdirSync(project.paths.logsDir)
      writeFileSync(path, content)
      try {
        await checkReopens(workspace, project)
        const { ids } = readJournal(project.paths.logsDir)
        assert.ok(ids.has('first') && ids.has('second'), 'I2: an intact line is gone')
      } catch (cause) {
        throw new Error(`${name}: ${cause instanceof Error ? cause.message : cause}`, { cause })
      }
    }
    return { runs: contents.length, found: `a line of ${whole.length - lastLine} bytes` }
  },
}
