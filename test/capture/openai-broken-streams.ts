/** Cases: streams that break off, on either side. */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, test } from 'vitest'
import { all } from './all.js'
import type { Setup } from './openai-contract.js'
import { chatChunks, sse, startRawProvider, startStream } from './raw-provider.js'

const ask = {
  model: 'gpt-4o',
  messages: [{ role: 'user' as const, content: 'hello there' }],
  stream: true as const,
}

export function brokenStreams(setup: Setup): void {
  describe('streams that break off are logged with what arrived', () => {
    const counted = { status: 'error', http_status: 200, usage_source: 'tokenizer' }

    /** Sends two words and then nothing; resolves `closed` when the application is gone. */
    async function stalling() {
      let gone = (): void => {}
      const closed = new Promise<void>((resolve) => {
        gone = resolve
      })
      const provider = await startRawProvider((request, response) => {
        response.on('close', gone)
        const chunks = chatChunks(request, ['one two', ' three']).slice(0, 3)
        startStream(response).write(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join(''))
      })
      return { provider, closed }
    }

    async function expectPartial(code: string): Promise<void> {
      const entry = await setup.test.entry()
      expect(entry).toMatchObject({ ...counted, error: { code } })
      // A token a word; 4 around the message and 3 before the answer.
      expect(entry.usage).toMatchObject({ completion_tokens: 3, prompt_tokens: 2 + 4 + 3 })
      expect(entry.timings?.time_to_first_token_ms).toBeGreaterThanOrEqual(0)
      const chat = await setup.test.ledger.readChat(setup.test.projectId, setup.test.chatId)
      expect(chat.at(-1)).toMatchObject({
        content: 'one two three',
        status: 'error',
        include_in_context: false,
      })
    }

    test('the application leaves the loop', async () => {
      const { provider, closed } = await stalling()
      await using _ = provider
      const stream = await setup.captured({ baseURL: provider.url }).chat.completions.create(ask)
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content === ' three') break
      await closed
      await expectPartial('aborted')
    })

    test('the application aborts while it waits', async () => {
      const { provider, closed } = await stalling()
      await using _ = provider
      const abort = new AbortController()
      const client = setup.captured({ baseURL: provider.url })
      const stream = await client.chat.completions.create(ask, { signal: abort.signal })
      const reading = all(stream).catch(() => {})
      setTimeout(() => abort.abort(), 50)
      await reading
      await closed
      await expectPartial('aborted')
    })

    test('the application aborts and never reads again', async () => {
      const { provider, closed } = await stalling()
      await using _ = provider
      const stream = await setup.captured({ baseURL: provider.url }).chat.completions.create(ask)
      const reader = stream[Symbol.asyncIterator]()
      for (let chunk = 0; chunk < 3; chunk += 1) await reader.next()
      stream.controller.abort()
      await closed
      await expectPartial('aborted')
    })

    test('the connection breaks', async () => {
      const words = 'one two three four five six seven'
      setup.mock.onMessage('hello', { content: words }, { truncateAfterChunks: 3, latency: 5 })
      const stream = await setup.captured().chat.completions.create(ask)
      const read: string[] = []
      const reading = (async () => {
        for await (const chunk of stream) read.push(chunk.choices[0]?.delta.content ?? '')
      })()
      await expect(reading).rejects.toThrow()
      const entry = await setup.test.entry()
      expect(entry).toMatchObject({ ...counted, error: { code: 'stream_interrupted' } })
      expect(entry.usage?.completion_tokens).toBe(countTokens(read.join('')))
      expect(setup.mock.getRequests()[0]?.response.interrupted).toBe(true)
    })

    test('the provider ends without an end', async () => {
      await using provider = await startRawProvider((request, response) => {
        const chunks = chatChunks(request, ['one two', ' three']).slice(0, 3)
        startStream(response).end(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join(''))
      })
      await all(await setup.captured({ baseURL: provider.url }).chat.completions.create(ask))
      await expectPartial('stream_interrupted')
    })

    test('an error in the stream', async () => {
      await using provider = await startRawProvider((request, response) => {
        const chunks = [
          ...chatChunks(request, ['one two', ' three']).slice(0, 3),
          { error: { message: 'Out of memory', code: 'oom' } },
        ]
        startStream(response).end(sse(chunks))
      })
      const stream = await setup.captured({ baseURL: provider.url }).chat.completions.create(ask)
      await expect(all(stream)).rejects.toThrow('Out of memory')
      await expectPartial('oom')
    })

    test('an event that is no JSON', async () => {
      await using provider = await startRawProvider((request, response) => {
        const [head, ...rest] = chatChunks(request, ['one two', ' three']).map(
          (chunk) => `data: ${JSON.stringify(chunk)}\n\n`,
        )
        startStream(response).end(`${head}${rest.slice(0, 2).join('')}data: {"id":\n\n`)
      })
      const logger = { error() {}, warn() {}, info() {}, debug() {} }
      const stream = await setup.captured({ baseURL: provider.url, logger }).chat.completions.create(ask)
      await expect(all(stream)).rejects.toThrow(SyntaxError)
      await expectPartial('invalid_response')
    })

    test('the application leaves once the answer is there: nothing broke off', async () => {
      await using provider = await startRawProvider((request, response) => {
        startStream(response).write(
          sse(chatChunks(request, ['one two'])).replace(/data: {[^\n]*"choices":\[\][\s\S]*/, ''),
        )
      })
      const stream = await setup.captured({ baseURL: provider.url }).chat.completions.create(ask)
      for await (const chunk of stream) if (chunk.choices[0]?.finish_reason) break
      expect(await setup.test.entry()).toMatchObject({
        status: 'success',
        finish_reason: 'stop',
        usage_source: 'tokenizer',
      })
      expect(await setup.test.said()).toContain('assistant: one two')
    })

    test('a response that fails', async () => {
      await using provider = await startRawProvider((_request, response) => {
        const failed = {
          id: 'r1',
          model: 'gpt-4.1',
          status: 'failed',
          error: { code: 'server_error', message: 'Sorry' },
        }
        const event = { type: 'response.failed', sequence_number: 0, response: failed }
        startStream(response).end(`event: response.failed\ndata: ${JSON.stringify(event)}\n\n`)
      })
      const client = setup.captured({ baseURL: provider.url })
      await all(await client.responses.create({ model: 'gpt-4.1', input: 'hi', stream: true }))
      expect(await setup.test.entry()).toMatchObject({
        status: 'error',
        error: { code: 'server_error', message: 'Sorry' },
        usage_source: 'none',
      })
    })
  })
}
