import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openLedger } from '../../../dist/index.js'
import { checkSum, QUIET } from '../harness/check.mjs'

const cyclic = {}
Object.assign(cyclic, { self: cyclic })
const deep = () => Array.from({ length: 5_000 }).reduce((inner) => ({ inner }), {})
const wide = () => Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`key${n}`, n]))
const throwing = (/** @type {string} */ name) =>
  Object.defineProperty({}, name, {
    enumerable: true,
    get() {
      throw new Error('from a getter')
    },
  })

/** Fields of an entry; with an error code when it must be refused. @type {[string, () => object, string?][]} */
const ENTRIES = [
  ['cyclic', () => ({ metadata: cyclic })],
  ['BigInt', () => ({ metadata: { value: 123n } })],
  ['a throwing getter', () => ({ metadata: throwing('value') })],
  [
    'a throwing toJSON',
    () => ({
      metadata: {
        toJSON: () => {
          throw new Error('from toJSON')
        },
      },
    }),
  ],
  ['a throwing getter on the entry', () => throwing('provider'), 'INVALID_ENTRY'],
  ['undefined', () => ({ metadata: { value: undefined } })],
  ['NaN', () => ({ metadata: { value: Number.NaN } })],
  ['a Map', () => ({ metadata: { value: new Map([['a', 1]]) } })],
  ['an Error', () => ({ metadata: { value: new Error('inside') } })],
  ['a function and a symbol', () => ({ metadata: { value: () => 1, other: Symbol('s') } })],
  ['a lone surrogate', () => ({ metadata: { value: '\ud800' } })],
  ['NUL', () => ({ metadata: { value: 'a\0b' } })],
  ['line ends of Unicode', () => ({ metadata: { value: 'a\u2028b\u2029c\u0085d' } })],
  ['an escape sequence', () => ({ metadata: { value: '\x1b[2J' } })],
  ['a forged line', () => ({ metadata: { value: '\r\n{"forged":1}\r\n' } })],
  [
    'own __proto__',
    () => ({
      metadata: JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}'),
    }),
  ],
  ['own __proto__ on the entry', () => JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 1}')],
  ['5,000 levels', () => ({ metadata: deep() })],
  ['100,000 keys', () => ({ metadata: wide() })],
  ['a string of 50 MB', () => ({ metadata: { value: 'x'.repeat(50_000_000) } })],
  ['negative tokens', () => ({ usage: { prompt_tokens: -1 } }), 'INVALID_USAGE'],
  ['infinite tokens', () => ({ usage: { prompt_tokens: Number('1e400') } }), 'INVALID_USAGE'],
  ['unsafe tokens', () => ({ usage: { prompt_tokens: 2 ** 53 + 2 } }), 'INVALID_USAGE'],
  ['tokens as text', () => ({ usage: { prompt_tokens: '5' } }), 'INVALID_USAGE'],
  ['no model', () => ({ model: undefined }), 'INVALID_MODEL'],
  ['a status of its own', () => ({ status: 'done' }), 'INVALID_STATUS'],
]
const NO_OBJECTS = [null, undefined, 7, 'text', [], () => 1]

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'bad-entries',
  fault: 'bad entries',
  checks:
    'each is one line of JSON or a ValidationError that names the field; Object.prototype unchanged; I4',
  quick: true,
  async run({ folder, project: makeProject }) {
    const workspace = folder()
    const project = await makeProject(workspace)
    const ledger = await openLedger({ workspace, systemLog: QUIET })
    const before = Object.getOwnPropertyNames(Object.prototype).join()
    const log = (/** @type {any} */ entry) =>
      ledger.logLLMRequest(entry).then(
        () => undefined,
        (error) => error,
      )
    for (const [name, make, refusal] of ENTRIES) {
      const error = await log(
        Object.defineProperties(
          { project_id: project.id, chat_id: 'c', model: 'm', status: 'success' },
          Object.getOwnPropertyDescriptors(make()),
        ),
      )
      assert.equal(error?.code, refusal, `${name}: ${error?.code ?? 'logged'} (${error?.message})`)
      if (refusal !== undefined) assert.ok(error.problems?.[0]?.field, `${name}: no field is named`)
    }
    for (const value of NO_OBJECTS)
      assert.equal((await log(value))?.name, 'ValidationError', `${String(value)} was taken`)
    await ledger.close()

    const text = readFileSync(join(project.paths.logsDir, 'llm_requests.jsonl'), 'utf8')
    const lines = text.split('\n')
    assert.equal(lines.pop(), '')
    const logged = ENTRIES.filter(([, , refusal]) => refusal === undefined).length
    assert.equal(lines.length, logged, 'not one line each')
    for (const line of lines) assert.equal(typeof JSON.parse(line).id, 'string')
    assert.doesNotMatch(
      text,
      /[\0-\x09\x0b-\x1f\u0085\u2028\u2029]/,
      'a control character stands in the file',
    )
    assert.equal(Object.getOwnPropertyNames(Object.prototype).join(), before)
    assert.equal(/** @type {any} */ ({}).polluted, undefined)
    checkSum(ledger.integrity(), ENTRIES.length + NO_OBJECTS.length)
    return { runs: ENTRIES.length + NO_OBJECTS.length, found: `${logged} logged, the others refused` }
  },
}
