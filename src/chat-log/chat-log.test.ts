import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { tempFolder } from '../../test/fixtures/temp-folder.js'
import { ProjectJournal } from '../journal/project-journal.js'
import { QueueBudget } from '../journal/queue-budget.js'
import { ChatLog } from './chat-log.js'
import type { HistoryMessage, MessageInput } from './message.js'

function open(root = tempFolder()) {
  const journal = new ProjectJournal(root, {
    sync: false,
    maxBytes: 1 << 20,
    onTornTail: () => undefined,
    budget: new QueueBudget(1_000, 1e6),
  })
  onTestFinished(() => journal.close())
  return { root, journal, log: new ChatLog(root, journal) }
}

const input = (more: Partial<MessageInput> = {}): MessageInput => ({
  project_id: 'p',
  chat_id: 'c',
  role: 'user',
  content: 'hello',
  ...more,
})

const say = (role: HistoryMessage['role'], content: string): HistoryMessage => ({ role, content })

function linesOf(root: string, chatId = 'c'): number {
  return readFileSync(join(root, 'chats', `${chatId}.jsonl`), 'utf8').split('\n').length - 1
}

describe('append', () => {
  test('stores a complete message in the chat file and reads it back', async () => {
    const { root, log } = open()
    const message = await log.append(input())
    expect(message).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      project_id: 'p',
      chat_id: 'c',
      role: 'user',
      content: 'hello',
      status: 'complete',
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      updated_at: message.created_at,
      include_in_context: true,
      is_pinned: false,
      is_aside: false,
      is_discarded: false,
      parent_message_id: null,
      llm_info: null,
    })
    expect(JSON.parse(readFileSync(join(root, 'chats', 'c.jsonl'), 'utf8'))).toEqual(message)
    expect(await log.read('c')).toEqual([message])
  })

  test('two messages without an id are two messages', async () => {
    const { log } = open()
    await log.append(input())
    await log.append(input())
    expect(await log.read('c')).toHaveLength(2)
  })

  test('the same state of an id is written once, also by a new process', async () => {
    const { root, log, journal } = open()
    for (let i = 0; i < 3; i++) await log.append(input({ id: 'm1' }))
    expect(linesOf(root)).toBe(1)
    await journal.close()
    await open(root).log.append(input({ id: 'm1' }))
    expect(linesOf(root)).toBe(1)
  })

  test('a new state of an id replaces the old one and keeps what it leaves out', async () => {
    const { root, log } = open()
    const first = await log.append(input({ id: 'm1', is_pinned: true }))
    await log.append(input({ id: 'm2', content: 'other' }))
    await log.append(input({ id: 'm1', content: 'edited' }))
    expect(linesOf(root)).toBe(3)
    expect(await log.read('c')).toMatchObject([
      { ...first, content: 'edited', updated_at: expect.any(String) },
      { id: 'm2' },
    ])
  })

  test('a discarded message leaves the context', async () => {
    const { log } = open()
    await log.append(input({ id: 'm1' }))
    const discarded = await log.append(input({ id: 'm1', status: 'discarded' }))
    expect(discarded).toMatchObject({ is_discarded: true, include_in_context: false })
  })

  test.each([
    ['an unknown role', { role: 'robot' }, 'role'],
    ['content past 1,000,000 characters', { content: 'x'.repeat(1_000_001) }, 'content'],
    ['content that is no string', { content: 5 }, 'content'],
    ['an unknown status', { status: 'x' }, 'status'],
    ['a time without a zone', { created_at: '2026-01-01T00:00:00' }, 'created_at'],
    ['a pinned discarded message', { is_pinned: true, is_discarded: true }, 'is_pinned'],
    ['a discarded one in context', { is_discarded: true, include_in_context: true }, 'include_in_context'],
    ['a complete answer without llm_info', { role: 'assistant' }, 'llm_info'],
    ['an llm_info without a model', { role: 'assistant', llm_info: {} }, 'llm_info'],
    ['an id that climbs', { id: '../m' }, 'id'],
    ['a parent that climbs', { parent_message_id: '../m' }, 'parent_message_id'],
  ])('refuses %s', async (_, more, field) => {
    const { log } = open()
    await expect(log.append(input(more as Partial<MessageInput>))).rejects.toMatchObject({
      code: 'INVALID_MESSAGE',
      problems: [expect.objectContaining({ field })],
    })
  })

  test.each([
    ['a function', () => 1],
    ['what JSON leaves out', { toJSON: () => undefined }],
  ])('of a history an llm_info that is %s is none', async (_name, info) => {
    const { log } = open()
    const told = { role: 'user', content: 'hello', llm_info: info } as unknown as HistoryMessage
    await log.appendHistory('p', 'c', [told])
    expect(await log.read('c')).toMatchObject([{ content: 'hello', llm_info: null }])
  })

  test('a pending answer needs no llm_info', async () => {
    const { log } = open()
    expect(await log.append(input({ role: 'assistant', status: 'pending' }))).toMatchObject({
      llm_info: null,
    })
  })

  test.each(['../x', 'a/b', 'CON', '', '.'])('refuses the chat id %j', async (chat_id) => {
    await expect(open().log.append(input({ chat_id }))).rejects.toMatchObject({ code: 'INVALID_CHAT_ID' })
  })

  test('refuses a chat id that differs from another in case only, also after a restart', async () => {
    const { root, log, journal } = open()
    await log.append(input({ chat_id: 'Refund' }))
    await expect(log.append(input({ chat_id: 'refund' }))).rejects.toMatchObject({ code: 'INVALID_CHAT_ID' })
    await journal.close()
    await expect(open(root).log.append(input({ chat_id: 'REFUND' }))).rejects.toMatchObject({
      code: 'INVALID_CHAT_ID',
    })
  })
})

describe('several processes and failures', () => {
  test('the latest state counts, whichever process wrote it, and a change keeps what the other changed', async () => {
    const { root, log } = open()
    const other = open(root).log
    await log.append(input({ id: 'm1' }))
    await other.append(input({ id: 'm1', is_pinned: true }))
    await log.append(input({ id: 'm1', content: 'edited' }))
    for (const reader of [log, other]) {
      expect(await reader.read('c')).toMatchObject([{ content: 'edited', is_pinned: true }])
    }
  })

  test('a history resent by another process takes nothing from what is known of its messages', async () => {
    const { root, log } = open()
    const other = open(root).log
    await other.appendHistory('p', 'c', [say('user', 'before')])
    const told = [say('user', 'hi'), say('assistant', 'hello')]
    const info = { model: 'gpt-4o', request_id: 'r1' }
    const [first = ''] = await log.appendHistory('p', 'c', [
      say('user', 'hi'),
      { ...say('assistant', 'hello'), llm_info: info },
    ])
    await log.append(input({ id: first, role: 'user', content: 'hi', status: 'discarded' }))
    await other.appendHistory('p', 'c', told)
    const messages = new Map((await log.read('c')).map((message) => [message.content, message]))
    expect(messages.get('hi')).toMatchObject({ is_discarded: true })
    expect(messages.get('hello')).toMatchObject({ llm_info: info })
  })

  test('changes of one message at once each see the one before', async () => {
    const { log } = open()
    await Promise.all([
      log.append(input({ id: 'm1', is_pinned: true })),
      log.append(input({ id: 'm1', content: 'edited' })),
      log.append(input({ id: 'm1', is_aside: true })),
    ])
    expect(await log.read('c')).toMatchObject([{ is_pinned: true, is_aside: true, content: 'hello' }])
  })

  test('a change counts also when the clock was set back', async () => {
    const { log } = open()
    await log.append(input({ id: 'm1' }))
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 3_600_000)
    onTestFinished(() => {
      vi.restoreAllMocks()
    })
    await log.append(input({ id: 'm1', content: 'edited' }))
    expect(await log.read('c')).toMatchObject([{ content: 'edited' }])
  })

  test('a message that is refused does not take the spelling of its chat', async () => {
    const { log } = open()
    await expect(log.append(input({ chat_id: 'ABC', content: 5 as unknown as string }))).rejects.toThrow()
    expect(await log.append(input({ chat_id: 'abc' }))).toMatchObject({ chat_id: 'abc' })
  })

  test('a chat that could not be read can be used once the cause is gone', async () => {
    const { root, log } = open()
    mkdirSync(join(root, 'chats'))
    symlinkSync('/nowhere', join(root, 'chats', 'c.jsonl'))
    await expect(log.append(input())).rejects.toMatchObject({
      name: 'FileSystemError',
      code: 'PATH_IS_SYMLINK',
    })
    rmSync(join(root, 'chats', 'c.jsonl'))
    await log.append(input())
    expect(await log.read('c')).toHaveLength(1)
  })
})

test.each([
  ['the folder of the chats', ['chats']],
  ['the folder of a slot', ['chats', '.slots']],
])('read follows no link: %s', async (_, folder) => {
  const { root, log } = open()
  const outside = tempFolder()
  mkdirSync(join(root, 'chats', '.closed', 'c'), { recursive: true })
  writeFileSync(join(root, 'chats', '.closed', 'c', '1-00000001-20200101T000000000Z.jsonl'), '')
  const said = JSON.stringify({ id: 'm', role: 'user', content: 'secret', created_at: '' })
  mkdirSync(join(outside, '1'))
  for (const path of ['c.jsonl', join('1', 'c.jsonl')]) writeFileSync(join(outside, path), `${said}\n`)
  const link = join(root, ...folder)
  rmSync(link, { recursive: true, force: true })
  symlinkSync(outside, link)
  await expect(log.read('c')).rejects.toMatchObject({
    code: 'PATH_IS_SYMLINK',
    operation: 'readChat',
    path: link,
  })
})

describe('appendHistory', () => {
  const turns = [
    say('system', 'be kind'),
    say('user', 'yes'),
    say('assistant', 'sure?'),
    say('user', 'yes'),
    say('assistant', 'done'),
  ]

  test('a history resent at each turn is stored once, equal messages at two places twice', async () => {
    const { root, log } = open()
    let ids: string[] = []
    for (let turn = 1; turn <= turns.length; turn++)
      ids = await log.appendHistory('p', 'c', turns.slice(0, turn))
    expect(linesOf(root)).toBe(5)
    expect(new Set(ids).size).toBe(5)
    const messages = await log.read('c')
    expect(messages.map(({ role, content }) => ({ role, content }))).toEqual(turns)
    expect(messages.map(({ id }) => id)).toEqual(ids)
    expect(messages.map(({ parent_message_id }) => parent_message_id)).toEqual([null, ...ids.slice(0, -1)])
  })

  test('two processes give the same ids, and the chat is read as one', async () => {
    const { root, log } = open()
    const other = open(root).log
    const ids = await log.appendHistory('p', 'c', turns)
    expect(await other.appendHistory('p', 'c', turns)).toEqual(ids)
    const more = await other.appendHistory('p', 'c', [...turns, say('user', 'thanks')])
    expect((await log.read('c')).map(({ id }) => id)).toEqual(more)
  })

  test('both of two equal calls at once resolve when the lines are safe, written once', async () => {
    const { root, log } = open()
    await Promise.all([log.appendHistory('p', 'c', turns), log.appendHistory('p', 'c', turns)])
    expect(linesOf(root)).toBe(5)
  })

  test('the record of an answer that was first resent without it is added', async () => {
    const { log } = open()
    await log.appendHistory('p', 'c', turns.slice(0, 3))
    const info = { model: 'gpt-4o', request_id: 'r1' }
    await log.appendHistory('p', 'c', [
      ...turns.slice(0, 2),
      { ...say('assistant', 'sure?'), llm_info: info },
    ])
    expect((await log.read('c'))[2]).toMatchObject({ llm_info: info })
    await log.appendHistory('p', 'c', turns.slice(0, 3))
    expect((await log.read('c'))[2]).toMatchObject({ llm_info: info })
  })

  test('content past the limit is cut and marked, and still found again', async () => {
    const { root, log } = open()
    const history = [say('user', 'x'.repeat(1_500_000))]
    await log.appendHistory('p', 'c', history)
    await log.appendHistory('p', 'c', history)
    expect(linesOf(root)).toBe(1)
    expect((await log.read('c'))[0]?.content).toMatch(/…\[cut: 1500000 characters/)
  })

  test('any conversation, resent turn by turn, is read back as it was said', async () => {
    const message = fc.record({
      role: fc.constantFrom('system', 'user', 'assistant', 'tool'),
      content: fc.string({ unit: 'binary', maxLength: 20 }),
    }) as fc.Arbitrary<HistoryMessage>
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 8 }), async (history) => {
        const { root, log } = open()
        for (let turn = 1; turn <= history.length; turn++)
          await log.appendHistory('p', 'c', history.slice(0, turn))
        expect(linesOf(root)).toBe(history.length)
        expect((await log.read('c')).map(({ role, content }) => ({ role, content }))).toEqual(
          history.map(({ role, content }) => ({ role, content: content.toWellFormed() })),
        )
      }),
      { numRuns: 40 },
    )
  })
})
