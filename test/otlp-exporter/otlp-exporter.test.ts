import { createOpenAI } from '@ai-sdk/openai'
import { LLMock } from '@copilotkit/aimock'
import { generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai'
import OpenAI from 'openai'
import { describe, expect, onTestFinished, test } from 'vitest'
import { captureOpenAI } from '../../src/capture/openai/index.js'
import { openTestLedger } from '../fixtures/open-test-ledger.js'
import { openExporter, startServer } from './exported.js'
import { describeOneEntryACall } from './one-entry-a-call.js'

async function startProvider(): Promise<LLMock> {
  const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' })
  await mock.start()
  onTestFinished(() => mock.stop())
  return mock
}

const usage = { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 }
const EXPORTS = (['json', 'protobuf'] as const).flatMap((encoding) =>
  (['none', 'gzip'] as const).map((compression) => ({ encoding, compression })),
)

describe('the Vercel AI SDK through the exporters of OpenTelemetry', () => {
  test.each(EXPORTS)(
    '$encoding, $compression: each call that the provider saw is one entry',
    async (settings) => {
      const own = await openTestLedger()
      const provider = await startProvider()
      provider.onMessage('story', { content: 'Once upon a time.', usage })
      const exporter = await openExporter(await startServer(own), settings)
      const model = createOpenAI({ baseURL: `${provider.url}/v1`, apiKey: 'sk-test' }).chat('gpt-4o')
      const experimental_telemetry = { isEnabled: true, tracer: exporter.tracer }
      await generateText({ model, prompt: 'a story', experimental_telemetry })
      const stream = streamText({ model, prompt: 'another story', experimental_telemetry })
      await stream.consumeStream()
      expect(await exporter.close()).toContain('sent')

      const calls = provider.getRequests().length
      expect(calls).toBe(2)
      const entries = own.lines()
      expect(entries).toHaveLength(calls)
      for (const entry of entries) {
        expect(entry).toMatchObject({
          model: 'gpt-4o',
          provider: 'openai',
          status: 'success',
          chat_id: 'support',
          response_id: expect.stringMatching(/./),
          usage: { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 },
          cost: { source: 'price_book' },
        })
      }
      expect(entries.filter(({ timings }) => Object(timings).time_to_first_token_ms >= 0)).toHaveLength(1)
    },
  )
})

test('a call that the SDK capture of the same process logged is no second entry', async () => {
  const own = await openTestLedger()
  const provider = await startProvider()
  provider.onMessage('hello', { content: 'Hi.', usage })
  const exporter = await openExporter(await startServer(own))
  const client = new OpenAI({ baseURL: `${provider.url}/v1`, apiKey: 'sk-test' })
  const captured = captureOpenAI(client, { ledger: own.ledger, projectId: own.project.id, chatId: 'c1' })
  for (let times = 0; times < 3; times++) {
    // What an instrumentation of the client does: a span around the call, with what the answer says.
    await exporter.tracer.startActiveSpan('chat gpt-4o', async (span) => {
      const answer = await captured.chat.completions.create({
        model: 'gpt-4o',
        messages: [{ role: 'user', content: 'hello' }],
      })
      span.setAttributes({
        'gen_ai.operation.name': 'chat',
        'gen_ai.system': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.response.id': answer.id,
        'gen_ai.usage.input_tokens': answer.usage?.prompt_tokens ?? 0,
        'gen_ai.usage.output_tokens': answer.usage?.completion_tokens ?? 0,
      })
      span.end()
    })
  }
  expect(await exporter.close()).toContain('sent')
  const { summary } = await own.ledger.getStats({ type: 'global' })
  expect(summary.totalRequests).toBe(provider.getRequests().length)
  expect(summary).toMatchObject({ totalRequests: 3, totalTokens: 90 })
  expect(own.lines().every(({ chat_id }) => chat_id === 'c1')).toBe(true)
})

test('an agent whose tool calls a model too: every call of the provider is one entry', async () => {
  const own = await openTestLedger()
  const provider = await startProvider()
  provider.onMessage('weather', { toolCalls: [{ name: 'weather', arguments: '{}' }], usage })
  provider.onMessage('summary', { content: 'Rain.', usage })
  const exporter = await openExporter(await startServer(own))
  const model = createOpenAI({ baseURL: `${provider.url}/v1`, apiKey: 'sk-test' }).chat('gpt-4o')
  const experimental_telemetry = { isEnabled: true, tracer: exporter.tracer }
  const weather = tool({
    description: 'The weather.',
    inputSchema: jsonSchema<Record<string, never>>({ type: 'object', properties: {} }),
    execute: async () => (await generateText({ model, prompt: 'summary', experimental_telemetry })).text,
  })
  await generateText({
    model,
    prompt: 'weather',
    tools: { weather },
    stopWhen: stepCountIs(2),
    experimental_telemetry,
  })
  await exporter.close()
  const calls = provider.getRequests().length
  expect(calls).toBeGreaterThanOrEqual(3)
  expect(own.lines()).toHaveLength(calls)
})

describeOneEntryACall()
