import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { openLedger } from '../../../dist/index.js'
import { checkSum, QUIET } from '../harness/check.mjs'
import { entryOf, textOf } from '../harness/entry.mjs'

/** @type {unknown[]} */
const BAD_IDS = [
  '../x',
  '..%2f',
  '%252e',
  'a/../../b',
  'a\\b',
  'a\0b',
  '.',
  '..',
  '',
  '-rf',
  'a\u202eb',
  'a'.repeat(300),
  'caf\u00e9',
  'cafe\u0301',
  'CON',
  'nul.txt',
  ';../',
  'a b',
  'abc\n',
  'abc.',
  7,
  null,
  ['a'],
  { toString: () => '../x' },
]

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'bad-ids',
  fault: 'bad ids',
  checks: 'refused by every call before a path is built: nothing appears in or beside the workspace',
  quick: true,
  async run({ folder, project: makeProject }) {
    const workspace = folder()
    const project = await makeProject(workspace)
    const ledger = await openLedger({ workspace, systemLog: QUIET })
    const beside = () =>
      [...readdirSync(dirname(workspace)), ...readdirSync(workspace, { recursive: true })]
        .map(String)
        // What was rejected is counted there.
        .filter((name) => !name.startsWith('logs/integrity'))
        .sort()
    const message = { project_id: project.id, role: /** @type {const} */ ('user'), content: textOf('m') }
    // One good call first: what the log itself makes is there.
    await ledger.logLLMRequest(entryOf(project.id, 'good'))
    const before = beside()
    /** @type {[string, (id: any) => Promise<unknown>][]} */
    const calls = [
      ['logLLMRequest id', (id) => ledger.logLLMRequest({ ...entryOf(project.id, 'x'), id })],
      [
        'logLLMRequest project_id',
        (id) => ledger.logLLMRequest({ ...entryOf(project.id, 'x'), project_id: id }),
      ],
      ['logLLMRequest chat_id', (id) => ledger.logLLMRequest({ ...entryOf(project.id, 'x'), chat_id: id })],
      ['appendMessage chat_id', (id) => ledger.appendMessage({ ...message, chat_id: id })],
      [
        'appendMessages chat_id',
        (id) => ledger.appendMessages(project.id, id, [{ role: 'user', content: 'x' }]),
      ],
      ['readChat', (id) => ledger.readChat(project.id, id)],
      ['getChat', (id) => ledger.getChat(project.id, id)],
      ['getProject', (id) => ledger.getProject(id)],
      ['createChat', (id) => ledger.createChat({ projectId: project.id, id: id ?? '', name: 'x' })],
      ['getStats projectId', (id) => ledger.getStats({ type: 'project', projectId: id })],
      ['getStats chatId', (id) => ledger.getStats({ type: 'chat', projectId: project.id, chatId: id })],
      ['logProjectEvent', (id) => ledger.logProjectEvent(id, { event_type: 'x' })],
      ['logChatEvent', (id) => ledger.logChatEvent(project.id, id, { event_type: 'x' })],
    ]
    for (const [name, call] of calls) {
      for (const id of BAD_IDS) {
        const error = await call(id).then(
          () => undefined,
          (refusal) => refusal,
        )
        assert.ok(error?.name === 'ValidationError', `${name} of ${JSON.stringify(id)}: ${error ?? 'taken'}`)
      }
    }
    assert.deepEqual(beside(), before)
    await ledger.close()
    checkSum(ledger.integrity(), 1 + 3 * BAD_IDS.length)
    return { runs: calls.length * BAD_IDS.length, found: `${calls.length} calls, ${BAD_IDS.length} ids` }
  },
}
