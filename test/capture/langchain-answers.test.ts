/** Answers that arrive, through LangChain. */
import {
  AIMessage,
  type BaseMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from '@langchain/core/messages'
import { StringOutputParser } from '@langchain/core/output_parsers'
import { ChatPromptTemplate } from '@langchain/core/prompts'
import { OpenAI } from '@langchain/openai'
import { describe, expect, test } from 'vitest'
import { LedgerCallbackHandler } from '../../src/capture/langchain/index.js'
import { all } from './all.js'
import { setUp, USAGE } from './framework-setup.js'
import { chatModel, handlerOf } from './langchain-models.js'
import { chatChunks, sendJson, startRawProvider, startStream } from './raw-provider.js'

const setup = setUp()
const url = (): string => `${setup.mock.url}/v1`
const callbacks = (): LedgerCallbackHandler[] => [handlerOf(setup)]
const messages = [new SystemMessage('Be kind.'), new HumanMessage('hello there')]
const known = { provider: 'openai', status: 'success', usage: USAGE, usage_source: 'provider' }

describe.each([
  ['chat completions', {}],
  ['responses', { useResponsesApi: true }],
])('%s', (_name, fields) => {
  test('a plain call is one entry with what is known of it', async () => {
    setup.mock.onMessage('hello', { content: 'Hi, how can I help?', usage: USAGE })
    const model = chatModel(url(), { ...fields, temperature: 0.5, callbacks: callbacks() })
    const answer = await model.invoke(messages)
    expect(answer.text).toBe('Hi, how can I help?')

    const entry = await setup.test.entry()
    expect(entry).toMatchObject({
      ...known,
      project_id: setup.test.projectId,
      chat_id: setup.test.chatId,
      model: 'gpt-4o',
      response_id: answer.response_metadata.id ?? answer.id,
      response_model: answer.response_metadata.model_name,
      params: { temperature: 0.5 },
    })
    expect(entry.response_id).toBeTypeOf('string')
    expect(entry.finish_reason).toBeTypeOf('string')
    expect(entry.usage?.provider_usage).toBeDefined()
    expect(entry.timings?.latency_ms).toBeGreaterThan(0)
    expect(entry.cost?.amount).toBeGreaterThan(0)
    expect(await setup.test.said()).toEqual([
      'system: Be kind.',
      'user: hello there',
      'assistant: Hi, how can I help?',
    ])
    expect(setup.mock.getRequests()).toHaveLength(1)
  })

  test('a stream is passed on as it comes', async () => {
    setup.mock.onMessage('hello', { content: 'Hi, how can I help you today?', usage: USAGE })
    const read = async (model: ReturnType<typeof chatModel>): Promise<string[]> =>
      (await all(await model.stream(messages))).map((chunk) => chunk.text)
    const texts = await read(chatModel(url(), { ...fields, callbacks: callbacks() }))
    expect(texts).toEqual(await read(chatModel(url(), fields)))

    const entry = await setup.test.entry()
    expect(entry).toMatchObject(known)
    expect(entry.response_id).toMatch(/^(?:chatcmpl-|resp)/)
    expect(entry.response_model).toBeTypeOf('string')
    const { latency_ms, time_to_first_token_ms } = entry.timings ?? {}
    expect(time_to_first_token_ms).toBeGreaterThan(0)
    expect(time_to_first_token_ms).toBeLessThanOrEqual(latency_ms ?? 0)
    expect((await setup.test.said()).at(-1)).toBe('assistant: Hi, how can I help you today?')
  })

  test.each([false, true])('tool calls, and their results sent again, stream: %s', async (stream) => {
    const toolCalls = [{ id: 'call_1', name: 'weather', arguments: '{"city":"Rome"}' }]
    setup.mock.on({ userMessage: 'hello', hasToolResult: false }, { toolCalls, usage: USAGE })
    setup.mock.on({ userMessage: 'hello', hasToolResult: true }, { content: 'Sunny.', usage: USAGE })
    const tool = {
      type: 'function' as const,
      function: { name: 'weather', parameters: { type: 'object', properties: {} } },
    }
    const model = chatModel(url(), { ...fields, callbacks: callbacks() }).bindTools([tool])
    const ask = async (history: BaseMessage[]) => {
      if (!stream) return model.invoke(history)
      const chunks = await all(await model.stream(history))
      return chunks.reduce((before, chunk) => before.concat(chunk))
    }
    const asked = await ask(messages)
    const call = asked.tool_calls?.[0]
    expect(call).toMatchObject({ name: 'weather', args: { city: 'Rome' } })
    const result = new ToolMessage({ content: 'Sun.', tool_call_id: call?.id ?? '' })
    await ask([...messages, new AIMessage({ content: '', tool_calls: asked.tool_calls ?? [] }), result])

    const entries = await setup.test.entries()
    expect(entries).toHaveLength(2)
    expect(entries[0]).toMatchObject({ ...known, params: { tools_count: 1 } })
    expect(await setup.test.said()).toEqual([
      'system: Be kind.',
      'user: hello there',
      `assistant: [{"id":"${call?.id}","name":"weather","arguments":"{\\"city\\":\\"Rome\\"}"}]`,
      'tool: Sun.',
      'assistant: Sunny.',
    ])
  })
})

test.each(['invoke', 'stream'] as const)('of a chain only its model is counted: %s', async (way) => {
  setup.mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
  const chain = ChatPromptTemplate.fromTemplate('hello {name}')
    .pipe(chatModel(url()))
    .pipe(new StringOutputParser())
  const config = { callbacks: callbacks(), metadata: { thread_id: 't1' } }
  if (way === 'invoke') expect(await chain.invoke({ name: 'Ann' }, config)).toBe('Hi.')
  else expect((await all(await chain.stream({ name: 'Ann' }, config))).join('')).toBe('Hi.')
  const entry = await setup.test.entry()
  expect(entry).toMatchObject({ status: 'success', usage: USAGE })
  expect(entry.parent_run_id).toBeTypeOf('string')
  expect(entry.parent_run_id).not.toBe(entry.run_id)
})

test('where the provider tells usage in every chunk, the last is counted and not their sum', async () => {
  await using provider = await startRawProvider((request, response) => {
    const chunks = chatChunks(request, ['Hi', ' there.']).map((chunk, index) => ({
      ...chunk,
      usage: { prompt_tokens: 9, completion_tokens: index, total_tokens: 9 + index },
    }))
    const events = [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]']
    startStream(response).end(events.map((data) => `data: ${data}\n\n`).join(''))
  })
  await all(await chatModel(provider.url, { callbacks: callbacks() }).stream(messages))
  const entry = await setup.test.entry()
  expect(entry).toMatchObject({ status: 'success', usage_source: 'provider' })
  expect(entry.usage).toMatchObject({ prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 })
})

test('an answer without usage is estimated and marked', async () => {
  const choices = [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }]
  await using provider = await startRawProvider((_request, response) =>
    sendJson(response, { id: 'c1', model: 'local', object: 'chat.completion', choices }),
  )
  await chatModel(provider.url, { callbacks: callbacks() }).invoke(messages)
  const entry = await setup.test.entry()
  expect(entry).toMatchObject({ status: 'success', usage_source: 'heuristic', response_id: 'c1' })
  expect(entry.usage).toMatchObject({ completion_tokens: 1 })
  expect(entry.usage?.prompt_tokens).toBeGreaterThan(0)
})

test('a model of text', async () => {
  await using provider = await startRawProvider((_request, response) =>
    sendJson(response, {
      ...{ id: 'cmpl-1', model: 'gpt-3.5-turbo-instruct', object: 'text_completion', usage: USAGE },
      choices: [{ index: 0, text: 'Hi.', finish_reason: 'stop' }],
    }),
  )
  const model = new OpenAI({
    ...{ model: 'gpt-3.5-turbo-instruct', apiKey: 'sk-test', maxRetries: 0, callbacks: callbacks() },
    configuration: { baseURL: provider.url },
  })
  expect(await model.invoke('hello')).toBe('Hi.')
  expect(await setup.test.entry()).toMatchObject({ ...known, model: 'gpt-3.5-turbo-instruct' })
  expect(await setup.test.said()).toEqual(['user: hello', 'assistant: Hi.'])
})

test('twenty calls at once are twenty entries, as many as the provider served', async () => {
  setup.mock.onMessage(/question/, { content: 'An answer.', usage: USAGE })
  const model = chatModel(url(), { callbacks: callbacks() })
  await Promise.all(
    Array.from({ length: 10 }, async (_, index) => {
      await all(await model.stream(`question ${index}`))
    }).concat(model.batch(Array.from({ length: 10 }, (_, index) => `question ${10 + index}`)).then(() => {})),
  )
  const entries = await setup.test.entries()
  expect(entries).toHaveLength(setup.mock.getRequests().length)
  expect(new Set(entries.map((entry) => entry.id)).size).toBe(20)
  expect(entries.every(({ status, usage }) => status === 'success' && usage?.total_tokens === 30)).toBe(true)
  expect(await setup.test.said()).toHaveLength(40)
  const { summary } = await setup.test.ledger.getStats({ type: 'global' })
  expect(summary).toMatchObject({ totalRequests: 20, pendingRequests: 0, totalTokens: 600 })
})

test('who, where and why are found for each call', async () => {
  setup.mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
  const handler = new LedgerCallbackHandler({
    ...setup.options,
    chatId: ({ body }) => {
      const { metadata } = body
      const hasThread = typeof metadata === 'object' && metadata !== null && 'thread_id' in metadata
      return hasThread ? String(metadata.thread_id) : 'none'
    },
    sessionId: ({ endpoint }) => endpoint,
    messages: false,
  })
  await chatModel(url()).invoke('hello', { callbacks: [handler], metadata: { thread_id: 't1' } })
  expect(await setup.test.entry()).toMatchObject({
    ...{ chat_id: 't1', session_id: 'langchain.chat', messages_included: [] },
  })
})
