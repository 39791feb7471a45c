/** Cases: what is no conversation in text, embeddings and speech. */
import { describe, expect, test } from 'vitest'
import { all } from './all.js'
import type { Setup } from './openai-contract.js'
import { sendJson, sse, startRawProvider, startStream } from './raw-provider.js'

const messages = [{ role: 'user' as const, content: 'hello there' }]

export function embeddings(setup: Setup): void {
  describe('embeddings', () => {
    test('are one entry of their own type, and no conversation', async () => {
      setup.mock.onEmbedding(/.*/, { embedding: [0.5, -0.25] })
      const ask = {
        model: 'text-embedding-3-small',
        input: ['hello', 'there'],
        encoding_format: 'float' as const,
      }
      const captured = await setup.captured().embeddings.create(ask)
      expect(captured.data).toEqual((await setup.client().embeddings.create(ask)).data)
      expect(captured.data[0]?.embedding).toHaveLength(2)

      const entry = await setup.test.entry()
      expect(entry).toMatchObject({
        model: 'text-embedding-3-small',
        request_type: 'embedding',
        status: 'success',
        http_status: 200,
        messages_included: [],
        usage: { prompt_tokens: captured.usage.prompt_tokens, completion_tokens: 0 },
        usage_source: 'provider',
      })
      expect(await setup.test.said()).toEqual([])
    })

    test('of a server that counts nothing are estimated from their texts', async () => {
      const answer = { object: 'list', model: 'm', data: [{ index: 0, embedding: [1] }] }
      await using provider = await startRawProvider((_request, response) => sendJson(response, answer))
      const client = setup.captured({ baseURL: provider.url })
      await client.embeddings.create({ model: 'm', input: 'abcdefgh', encoding_format: 'float' })
      expect(await setup.test.entry()).toMatchObject({
        usage: { prompt_tokens: 2, completion_tokens: 0 },
        usage_source: 'heuristic',
      })
    })

    test('that are refused', async () => {
      setup.mock.onEmbedding(/.*/, { error: { message: 'Too long', code: 'too_long' }, status: 400 })
      const call = setup.captured().embeddings.create({ model: 'm', input: 'hello' })
      await expect(call).rejects.toMatchObject({ status: 400 })
      expect(await setup.test.entry()).toMatchObject({
        status: 'error',
        request_type: 'embedding',
        http_status: 400,
        error: { code: 'too_long' },
      })
    })
  })

  test.each([false, true])(
    'speech: its text is said and its audio is counted, stream: %s',
    async (stream) => {
      const usage = {
        prompt_tokens: 20,
        completion_tokens: 50,
        total_tokens: 70,
        prompt_tokens_details: { audio_tokens: 12, cached_tokens: 0 },
        completion_tokens_details: { audio_tokens: 40, reasoning_tokens: 0 },
      }
      const head = { id: 'c1', created: 1, model: 'gpt-audio' }
      const spoken = (pieces: readonly string[]) => ({
        id: 'a1',
        data: 'UklGRg==',
        transcript: pieces.join(''),
      })
      await using provider = await startRawProvider((_request, response) => {
        if (!stream) {
          const message = { role: 'assistant', content: null, audio: spoken(['Hi ', 'there.']) }
          sendJson(response, { ...head, choices: [{ index: 0, message, finish_reason: 'stop' }], usage })
          return
        }
        const chunks = ['Hi ', 'there.'].map((piece) => ({ index: 0, delta: { audio: spoken([piece]) } }))
        const end = { index: 0, delta: {}, finish_reason: 'stop' }
        const events = [...chunks, end].map((choice) => ({ ...head, choices: [choice] }))
        startStream(response).end(sse([...events, { ...head, choices: [], usage }]))
      })
      const client = setup.captured({ baseURL: provider.url })
      const audio = { voice: 'alloy', format: 'pcm16' } as const
      const answer = await client.chat.completions.create({
        model: 'gpt-audio',
        messages,
        modalities: ['text', 'audio'],
        audio,
        stream,
      })
      if (Symbol.asyncIterator in answer) await all(answer)
      const entry = await setup.test.entry()
      expect(entry).toMatchObject({ status: 'success', usage_source: 'provider' })
      expect(entry.usage).toMatchObject({ prompt_tokens: 20, completion_tokens: 50, provider_usage: usage })
      expect(await setup.test.said()).toContain('assistant: Hi there.')
      if (stream) expect(entry.timings?.time_to_first_token_ms).toBeGreaterThanOrEqual(0)
    },
  )
}
