/** Cases: answers that arrive. */
import { describe, expect, test } from 'vitest'
import { all } from './all.js'
import type { Setup } from './openai-contract.js'

const USAGE = { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 }
const messages = [
  { role: 'system' as const, content: 'Be kind.' },
  { role: 'user' as const, content: 'hello there' },
]

export function answers(setup: Setup): void {
  describe('chat completions', () => {
    test('a plain call is one entry with what is known of it', async () => {
      setup.mock.onMessage('hello', {
        content: 'Hi, how can I help?',
        usage: USAGE,
        model: 'gpt-4o-2024-08-06',
      })
      const answer = await setup
        .captured()
        .chat.completions.create({ model: 'gpt-4o', messages, temperature: 0.5 })
      expect(answer.choices[0]?.message.content).toBe('Hi, how can I help?')

      const entry = await setup.test.entry()
      expect(entry).toMatchObject({
        project_id: setup.test.projectId,
        chat_id: setup.test.chatId,
        model: 'gpt-4o',
        response_model: 'gpt-4o-2024-08-06',
        response_id: answer.id,
        provider: 'openai',
        status: 'success',
        http_status: 200,
        attempt: 1,
        finish_reason: 'stop',
        usage: USAGE,
        usage_source: 'provider',
        params: { temperature: 0.5 },
      })
      expect(entry.usage?.provider_usage).toMatchObject(USAGE)
      expect(entry.provider_request_id).toBe(answer._request_id)
      expect(entry.timings?.latency_ms).toBeGreaterThan(0)
      expect(entry.cost?.amount).toBeGreaterThan(0)
      expect(setup.mock.getRequests()).toHaveLength(1)
    })

    test('the conversation is kept, each message once, and entries name what was sent', async () => {
      setup.mock.on({ userMessage: 'hello' }, { content: 'Hi.', usage: USAGE })
      setup.mock.on({ userMessage: 'bye' }, { content: 'Goodbye.', usage: USAGE })
      const client = setup.captured()
      await client.chat.completions.create({ model: 'gpt-4o', messages })
      const [first] = await setup.test.entries()
      const resent = [
        ...messages,
        { role: 'assistant' as const, content: 'Hi.' },
        { role: 'user' as const, content: 'bye' },
      ]
      await client.chat.completions.create({ model: 'gpt-4o', messages: resent })

      expect(await setup.test.said()).toEqual([
        'system: Be kind.',
        'user: hello there',
        'assistant: Hi.',
        'user: bye',
        'assistant: Goodbye.',
      ])
      const chat = await setup.test.ledger.readChat(setup.test.projectId, setup.test.chatId)
      const [, second] = await setup.test.entries()
      expect(first?.messages_included).toEqual(chat.slice(0, 2).map((message) => message.id))
      expect(second?.messages_included).toEqual(chat.slice(0, 4).map((message) => message.id))
      expect(chat[2]?.llm_info).toMatchObject({ model: 'gpt-4o', request_id: first?.id, usage: USAGE })
    })

    test('a stream is passed on as it comes and counted by the provider, who was asked for it', async () => {
      setup.mock.onMessage('hello', {
        content: 'Hi, how can I help you today?',
        usage: USAGE,
        id: 'c1',
        created: 1,
      })
      const read = async (client: ReturnType<Setup['client']>): Promise<unknown[]> => {
        const stream = await client.chat.completions.create({ model: 'gpt-4o', messages, stream: true })
        return all(stream)
      }
      const captured = await read(setup.captured())
      expect(captured).toEqual(await read(setup.client()))

      const entry = await setup.test.entry()
      expect(entry).toMatchObject({
        status: 'success',
        finish_reason: 'stop',
        usage: USAGE,
        usage_source: 'provider',
      })
      const { latency_ms, time_to_first_token_ms } = entry.timings ?? {}
      expect(time_to_first_token_ms).toBeLessThanOrEqual(latency_ms ?? 0)
      expect(await setup.test.said()).toContain('assistant: Hi, how can I help you today?')
    })

    test('a stream that asks for its usage keeps it', async () => {
      setup.mock.onMessage('hello', { content: 'Hi.', usage: USAGE, id: 'c1', created: 1 })
      const read = async (client: ReturnType<Setup['client']>): Promise<unknown[]> => {
        const options = {
          model: 'gpt-4o',
          messages,
          stream: true,
          stream_options: { include_usage: true },
        } as const
        return all(await client.chat.completions.create(options))
      }
      const captured = await read(setup.captured())
      expect(captured).toEqual(await read(setup.client()))
      expect(captured.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 30 } })
      expect((await setup.test.entry()).usage).toMatchObject(USAGE)
    })

    test("the SDK's stream helper works on a captured client", async () => {
      setup.mock.onMessage('hello', { content: 'Hi, helper.', usage: USAGE })
      const stream = setup.captured().chat.completions.stream({ model: 'gpt-4o', messages })
      expect((await stream.finalChatCompletion()).choices[0]?.message.content).toBe('Hi, helper.')
      expect((await setup.test.entry()).usage).toMatchObject(USAGE)
    })

    test.each([false, true])('tool calls, stream: %s', async (stream) => {
      const toolCalls = [
        { id: 'call_1', name: 'weather', arguments: '{"city":"Rome"}' },
        { id: 'call_2', name: 'weather', arguments: '{"city":"Oslo"}' },
      ]
      setup.mock.onMessage('hello', { toolCalls, usage: USAGE })
      const tools = [{ type: 'function' as const, function: { name: 'weather', parameters: {} } }]
      const answer = await setup
        .captured()
        .chat.completions.create({ model: 'gpt-4o', messages, tools, stream })
      if (Symbol.asyncIterator in answer) await all(answer)

      const entry = await setup.test.entry()
      expect(entry).toMatchObject({
        status: 'success',
        finish_reason: 'tool_calls',
        params: { tools_count: 1 },
      })
      expect(await setup.test.said()).toContain(`assistant: ${JSON.stringify(toolCalls)}`)
    })

    test('usage of zero is usage', async () => {
      const zero = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
      setup.mock.onMessage('hello', { content: 'Hi.', usage: zero })
      await setup.captured().chat.completions.create({ model: 'gpt-4o', messages })
      expect(await setup.test.entry()).toMatchObject({ usage: zero, usage_source: 'provider' })
    })
  })

  describe('responses', () => {
    const input = 'hello there'
    const usage = { input_tokens: 12, output_tokens: 5, total_tokens: 17 }
    const counted = { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 }

    test('a plain call', async () => {
      setup.mock.onMessage('hello', { content: 'Hi.', usage })
      const answer = await setup
        .captured()
        .responses.create({ model: 'gpt-4.1', input, instructions: 'Be kind.' })
      expect(answer.output_text).toBe('Hi.')
      expect(await setup.test.entry()).toMatchObject({
        model: 'gpt-4.1',
        status: 'success',
        finish_reason: 'completed',
        usage: counted,
        usage_source: 'provider',
        response_id: answer.id,
      })
      expect(await setup.test.said()).toEqual(['system: Be kind.', 'user: hello there', 'assistant: Hi.'])
    })

    test('a stream', async () => {
      setup.mock.onMessage('hello', { content: 'Hi, how can I help?', usage })
      const stream = await setup.captured().responses.create({ model: 'gpt-4.1', input, stream: true })
      const types = (await all(stream)).map((event) => event.type)
      expect(types.at(-1)).toBe('response.completed')
      const entry = await setup.test.entry()
      expect(entry).toMatchObject({ status: 'success', usage: counted, usage_source: 'provider' })
      expect(entry.timings?.time_to_first_token_ms).toBeGreaterThan(0)
      expect(await setup.test.said()).toEqual(['user: hello there', 'assistant: Hi, how can I help?'])
    })

    test('a function call', async () => {
      setup.mock.onMessage('hello', {
        toolCalls: [{ id: 'call_1', name: 'weather', arguments: '{}' }],
        usage,
      })
      await setup.captured().responses.create({ model: 'gpt-4.1', input })
      expect((await setup.test.said()).at(-1)).toBe(
        'assistant: [{"id":"call_1","name":"weather","arguments":"{}"}]',
      )
    })

    test('a response that names its predecessor goes on in its conversation', async () => {
      setup.mock.on({ userMessage: 'hello' }, { content: 'Hi.', usage })
      setup.mock.on({ userMessage: 'again' }, { content: 'Hi again.', usage })
      const client = setup.captured()
      const first = await client.responses.create({ model: 'gpt-4.1', input })
      await client.responses.create({ model: 'gpt-4.1', input: 'again', previous_response_id: first.id })
      expect(await setup.test.said()).toEqual([
        'user: hello there',
        'assistant: Hi.',
        'user: again',
        'assistant: Hi again.',
      ])
      expect((await setup.test.entries())[1]?.messages_included).toHaveLength(3)
    })
  })

  test('fifty calls at once are fifty entries, as many as the provider served', async () => {
    setup.mock.onMessage(/question/, { content: 'An answer.', usage: USAGE })
    const client = setup.captured()
    const calls = Array.from({ length: 50 }, async (_, index) => {
      const ask = {
        model: 'gpt-4o-mini',
        messages: [{ role: 'user' as const, content: `question ${index}` }],
      }
      if (index % 2 === 0) return client.chat.completions.create(ask)
      return all(await client.chat.completions.create({ ...ask, stream: true }))
    })
    await Promise.all(calls)
    const entries = await setup.test.entries()
    expect(entries).toHaveLength(setup.mock.getRequests().length)
    expect(new Set(entries.map((entry) => entry.id)).size).toBe(50)
    expect(entries.every((entry) => entry.status === 'success' && entry.usage?.total_tokens === 30)).toBe(
      true,
    )
    expect(await setup.test.said()).toHaveLength(100)
    const stats = await setup.test.ledger.getStats({ type: 'global' })
    expect(stats.summary).toMatchObject({
      totalRequests: 50,
      successfulRequests: 50,
      pendingRequests: 0,
      totalTokens: 1500,
    })
  })
}
