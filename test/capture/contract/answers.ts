/** Cases: answers that arrive. */
import { describe, expect, test } from 'vitest'
import { COUNTED_HERE, type ContractSetup, USAGE } from './contract.js'

export function answers(setup: ContractSetup): void {
  const text = 'hello there'

  describe('answers', () => {
    test('a plain call is one entry with what is known of it', async () => {
      setup.mock.onMessage('hello', { content: 'Hi, how can I help?', usage: USAGE, model: 'model-2' })
      expect(await setup.ask({ text })).toEqual({ text: 'Hi, how can I help?', toolCalls: 0 })

      const entry = await setup.test.entry()
      const [request] = setup.mock.getRequests()
      expect(entry).toMatchObject({
        project_id: setup.test.projectId,
        chat_id: setup.test.chatId,
        model: Reflect.get(Object(request?.body), 'model'),
        response_model: 'model-2',
        provider: '127.0.0.1',
        request_type: 'chat',
        status: 'success',
        http_status: 200,
        attempt: 1,
        finish_reason: setup.capture.finish.stop,
        usage: USAGE,
        usage_source: 'provider',
      })
      expect(entry.response_id).toEqual(expect.any(String))
      expect(entry.timings?.latency_ms).toBeGreaterThan(0)
      expect(entry.request_headers).toBeUndefined()
      expect(setup.mock.getRequests()).toHaveLength(1)
    })

    test('a stream is one entry, with the time to its first token', async () => {
      setup.mock.onMessage('hello', { content: 'Hi, how can I help?', usage: USAGE })
      expect(await setup.ask({ text, stream: true })).toEqual({ text: 'Hi, how can I help?', toolCalls: 0 })

      const entry = await setup.test.entry()
      expect(entry).toMatchObject({
        status: 'success',
        finish_reason: setup.capture.finish.stop,
        params: { stream: true },
        usage_source: setup.capture.usageInStreams ? 'provider' : COUNTED_HERE,
      })
      if (setup.capture.usageInStreams) expect(entry.usage).toMatchObject(USAGE)
      else expect(entry.usage?.completion_tokens).toBeGreaterThan(0)
      const { latency_ms, time_to_first_token_ms } = entry.timings ?? {}
      expect(time_to_first_token_ms).toBeLessThanOrEqual(latency_ms ?? 0)
      expect(setup.mock.getRequests()).toHaveLength(1)
    })

    test.each([false, true])('tool calls are said as they are made, stream: %s', async (stream) => {
      const toolCalls = [
        { id: 'call_1', name: 'weather', arguments: '{"city":"Rome"}' },
        { id: 'call_2', name: 'weather', arguments: '{"city":"Oslo"}' },
      ]
      setup.mock.onMessage('hello', { toolCalls, usage: USAGE })
      expect(await setup.ask({ text, tools: true, stream })).toEqual({ text: '', toolCalls: 2 })
      expect(await setup.test.entry()).toMatchObject({
        status: 'success',
        finish_reason: setup.capture.finish.tool,
        params: { tools_count: 1 },
      })
      expect(await setup.test.said()).toEqual([`user: ${text}`, `assistant: ${JSON.stringify(toolCalls)}`])
    })

    test('the conversation is kept, each message once, and the entry names what was sent', async () => {
      setup.mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
      await setup.ask({ text, system: 'Be kind.' })
      await setup.ask({ text, system: 'Be kind.' })
      expect(await setup.test.said()).toEqual(['system: Be kind.', `user: ${text}`, 'assistant: Hi.'])
      const chat = await setup.test.ledger.readChat(setup.test.projectId, setup.test.chatId)
      const entries = await setup.test.entries()
      for (const entry of entries) {
        expect(entry.messages_included).toEqual(chat.slice(0, 2).map((message) => message.id))
      }
      expect(chat[2]?.llm_info?.request_id).toBe(entries[0]?.id)
    })

    test('twenty calls at once are twenty entries, as many as the provider served', async () => {
      setup.mock.onMessage(/question/, { content: 'An answer.', usage: USAGE })
      const calls = Array.from({ length: 20 }, (_, index) =>
        setup.ask({ text: `question ${index}`, stream: index % 2 === 0 }),
      )
      const told = await Promise.all(calls)
      expect(told.every((answer) => answer.text === 'An answer.')).toBe(true)
      const entries = await setup.test.entries()
      expect(entries).toHaveLength(setup.mock.getRequests().length)
      expect(new Set(entries.map((entry) => entry.id)).size).toBe(20)
      expect(entries.every((entry) => entry.status === 'success')).toBe(true)
      expect(await setup.test.said()).toHaveLength(40)
      const { summary } = await setup.test.ledger.getStats({ type: 'global' })
      expect(summary).toMatchObject({ totalRequests: 20, successfulRequests: 20, pendingRequests: 0 })
    })
  })
}
