import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { CallEnd, CallStart } from '../../src/capture/capture.js'
import { CapturedCall } from '../../src/capture/captured-call.js'
import { captureFetch } from '../../src/capture/fetch/index.js'
import { FrameworkCall } from '../../src/capture/frameworks/framework-call.js'
import { openTestLedger, type TestLedger } from './test-ledger.js'

const START: CallStart = {
  request: { endpoint: 'chat.completions', body: {} },
  model: 'gpt-4o',
  provider: 'openai',
  history: [
    { role: 'system', content: 'Be short.' },
    { role: 'user', content: 'hello' },
  ],
  params: { temperature: 0.5 },
}
const ANSWER = [{ role: 'assistant', content: 'Hi.' }] as const
const ENDS: Record<string, CallEnd> = {
  'a success': {
    status: 'success',
    answer: ANSWER,
    usage: { prompt_tokens: 9, completion_tokens: 3 },
    usageSource: 'provider',
    fields: { response_id: 'r1', attempt: 1 },
  },
  'a success that is counted behind the caller': {
    status: 'success',
    answer: ANSWER,
    count: async () => ({ usage: { prompt_tokens: 5, completion_tokens: 2 }, usageSource: 'tokenizer' }),
  },
  'a failure': { status: 'error', error: { code: 'http_500', message: 'down', more: 1 } },
  'a failure without a reason': { status: 'error' },
  'a timeout': { status: 'timeout' },
  'an answer that broke off': {
    status: 'error',
    error: { code: 'aborted', message: 'gone' },
    answer: ANSWER,
    usageSource: 'none',
  },
}

async function callIn({ ledger, projectId, chatId }: TestLedger): Promise<CapturedCall> {
  return new CapturedCall({ ledger, projectId, chatId }, START)
}

/** The lines of the request log and of the chat, and the entry without what differs from call to call. */
async function logged(opened: TestLedger): Promise<{ lines: number; entry: object; said: object[] }> {
  const { id, project_id, chat_id, timestamp_start, timestamp_end, messages_included, timings, ...entry } =
    await opened.entry()
  expect([project_id, chat_id]).toEqual([opened.projectId, opened.chatId])
  expect(timestamp_end && timestamp_start <= timestamp_end).toBe(true)
  const messages = await opened.ledger.readChat(opened.projectId, opened.chatId)
  expect(messages_included).toEqual(
    messages.filter(({ role }) => role !== 'assistant').map((message) => message.id),
  )
  const said = messages.map(({ role, content, status, llm_info }) => ({
    role,
    content,
    status,
    model: llm_info?.model,
    isOfTheCall: llm_info?.request_id === id,
  }))
  return { lines: opened.ledger.integrity().persisted, entry, said }
}

describe.each(Object.entries(ENDS))('%s', (_name, end) => {
  test('is logged alike whether the call was over before its pending line was due, meanwhile, or later', async () => {
    await using early = await openTestLedger()
    ;(await callIn(early)).end(end)
    const one = await logged(early)
    expect(one.lines).toBe(1)

    await using late = await openTestLedger()
    const call = await callIn(late)
    await late.ledger.flush()
    expect((await late.entry()).status).toBe('pending')
    call.end(end)
    expect(await logged(late)).toEqual({ ...one, lines: 2 })

    await using between = await openTestLedger()
    const under = await callIn(between)
    await turn()
    under.end(end)
    const { lines, ...same } = await logged(between)
    expect(same).toEqual({ entry: one.entry, said: one.said })
    expect([1, 2]).toContain(lines)
  })
})

test('a further end, or one when the ledger is closed, changes nothing and throws nothing', async () => {
  await using opened = await openTestLedger()
  const call = await callIn(opened)
  call.end({ status: 'success' })
  call.end({ status: 'error' })
  const after = await callIn(opened)
  expect((await opened.closed()).map(({ status }) => status)).toContain('success')
  after.end({ status: 'success' })
  expect(call.ended).toBe(true)
  await call.logged
})

test('calls that wait together are logged in their order', async () => {
  await using opened = await openTestLedger()
  const calls = await Promise.all(Array.from({ length: 20 }, () => callIn(opened)))
  for (const call of calls.toReversed()) call.end({ status: 'success' })
  const ids = (await opened.entries()).map(({ id }) => id)
  expect(ids).toEqual(calls.map(({ id }) => id))
})

test('what the application does with the objects of its framework later is no part of the call', async () => {
  await using opened = await openTestLedger()
  const { ledger, projectId, chatId } = opened
  const usage = { prompt_tokens: 9, completion_tokens: 3, provider_usage: { details: { cached: 1 } } }
  const fields = { warnings: [{ type: 'first' }] }
  const call = new FrameworkCall({ ledger, projectId, chatId }, () => START)
  call.end(() => ({ status: 'success', usage, fields }))
  usage.provider_usage.details.cached = 7
  fields.warnings.push({ type: 'second' })
  expect(await opened.entry()).toMatchObject({
    usage: { provider_usage: { details: { cached: 1 } } },
    warnings: [{ type: 'first' }],
  })
})

test.each([
  ['a ledger whose defer throws', 'defer'],
  ['a ledger whose appendMessages throws', 'appendMessages'],
])('%s logs the call all the same', async (_name, method) => {
  await using opened = await openTestLedger()
  const ledger = {
    ...opened.ledger,
    [method]: () => {
      throw new Error('not today')
    },
  }
  const call = new CapturedCall({ ledger, projectId: opened.projectId, chatId: opened.chatId }, START)
  call.end({ status: 'success', answer: ANSWER })
  await call.logged
  expect((await opened.entry()).status).toBe('success')
})

test('a response that cannot be watched ends its call, unread', async () => {
  await using opened = await openTestLedger()
  const { ledger, projectId, chatId } = opened
  const captured = captureFetch(async () => Object.freeze(new Response('{}')), { ledger, projectId, chatId })
  const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hello' }] })
  const response = await captured('http://127.0.0.1/v1/chat/completions', { method: 'POST', body })
  expect(await response.text()).toBe('{}')
  expect(await opened.entry()).toMatchObject({ status: 'success', usage_source: 'none', http_status: 200 })
})
