import { expect, test } from 'vitest'
import { openTestLedger } from '../fixtures/open-test-ledger.js'

const HISTORY = [
  { role: 'system', content: 'Answer.' },
  { role: 'user', content: 'Why?' },
] as const
const ANSWER = { role: 'assistant', content: 'Because.' } as const

test('messages behind a known one are those that the whole history would be', async () => {
  const { ledger, project } = await openTestLedger()
  const before = await ledger.appendMessages(project.id, 'c', HISTORY)
  const [answer] = await ledger.appendMessages(project.id, 'c', [ANSWER], { after: String(before.at(-1)) })
  const stored = await ledger.readChat(project.id, 'c')
  expect(stored.map(({ id }) => id)).toEqual([...before, answer])
  expect(await ledger.appendMessages(project.id, 'c', [...HISTORY, ANSWER])).toEqual([...before, answer])
  expect(await ledger.readChat(project.id, 'c')).toEqual(stored)
})

test('messages that may wait are there once they are acknowledged, and after flush() of what is deferred', async () => {
  const { ledger, project } = await openTestLedger()
  await ledger.appendMessages(project.id, 'c', HISTORY, { mayWait: true })
  expect(await ledger.readChat(project.id, 'c')).toHaveLength(2)
  ledger.defer(ledger.appendMessages(project.id, 'c', [...HISTORY, ANSWER], { mayWait: true }))
  await ledger.flush()
  expect(await ledger.readChat(project.id, 'c')).toHaveLength(3)
})

test.each([1, '', '../x'])('%j is no message to stand behind', async (after) => {
  const { ledger, project } = await openTestLedger()
  const appended = ledger.appendMessages(project.id, 'c', [ANSWER], { after: after as string })
  await expect(appended).rejects.toMatchObject({ code: 'INVALID_MESSAGE', problems: [{ field: 'after' }] })
  expect(await ledger.readChat(project.id, 'c')).toEqual([])
})
