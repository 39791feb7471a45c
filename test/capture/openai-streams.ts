/** Cases: what passes in a stream, event for event. */
import { describe, expect, test } from 'vitest'
import { all } from './all.js'
import type { Setup } from './openai-contract.js'
import { chatChunks, type RawHandler, sendJson, sse, startRawProvider, startStream } from './raw-provider.js'

const ask = {
  model: 'gpt-4o',
  messages: [{ role: 'user' as const, content: 'hello there' }],
  stream: true as const,
}
const words = ['Grüße', ' aus', ' 東京 😀', '!']
const usage = {
  prompt_tokens: 20,
  completion_tokens: 10,
  total_tokens: 30,
  prompt_tokens_details: { cached_tokens: 8 },
  completion_tokens_details: { reasoning_tokens: 4 },
}

export function streams(setup: Setup): void {
  describe('usage is asked for and hidden', () => {
    test.each([
      ['LF', '\n', undefined],
      ['CRLF', '\r\n', undefined],
      ['CR', '\r', undefined],
      ['one byte at a time', '\n', 1],
      ['three bytes at a time, CRLF', '\r\n', 3],
    ])('the events are those of an uncaptured call: %s', async (_name, lineEnd, size) => {
      const handler: RawHandler = async (request, response) => {
        startStream(response)
        const text = `: connected${lineEnd}${lineEnd}${sse(chatChunks(request, words, usage), lineEnd)}`
        await writeSlowly(response, Buffer.from(text), size)
        response.end()
      }
      await using provider = await startRawProvider(handler)
      const read = async (client: ReturnType<Setup['client']>) =>
        all(await client.chat.completions.create(ask))
      const plain = await read(setup.client({ baseURL: provider.url }))
      const captured = await read(setup.captured({ baseURL: provider.url }))
      expect(captured).toEqual(plain)
      expect(captured.every((chunk) => !('usage' in chunk))).toBe(true)

      const [uncaptured, asked] = provider.requests
      expect(asked?.body).toEqual({ ...uncaptured?.body, stream_options: { include_usage: true } })
      expect(asked?.headers['content-length']).toBe(String(Buffer.byteLength(asked?.text ?? '')))
      const entry = await setup.test.entry()
      expect(entry).toMatchObject({
        status: 'success',
        usage: { ...{ prompt_tokens: 20, completion_tokens: 10 }, cache_read_tokens: 8, reasoning_tokens: 4 },
        usage_source: 'provider',
      })
      expect(entry.usage?.provider_usage).toEqual(usage)
      expect(await setup.test.said()).toContain(`assistant: ${words.join('')}`)
    })

    test('the raw bytes are unchanged when nothing was asked', async () => {
      const options = { ...ask, stream_options: { include_usage: true } }
      let sent = ''
      await using provider = await startRawProvider((request, response) => {
        sent = `: hi\r\n\r\nid: 7\nretry: 10\n${sse(chatChunks(request, words), '\r\n')}`
        startStream(response).end(sent)
      })
      const client = setup.captured({ baseURL: provider.url })
      const response = await client.chat.completions.create(options).asResponse()
      expect(response.url).toBe(`${provider.url}/chat/completions`)
      expect(await response.text()).toBe(sent)
      expect(await setup.test.entry()).toMatchObject({ status: 'success', usage: { total_tokens: 12 } })
    })

    test('a provider that refuses the option gets the original request, once and for all', async () => {
      await using provider = await startRawProvider((request, response) => {
        if ('stream_options' in request.body) {
          sendJson(response, { error: { message: 'Unknown parameter: stream_options' } }, 400)
        } else startStream(response).end(sse(chatChunks(request, words)))
      })
      const client = setup.captured({ baseURL: provider.url })
      for (let call = 0; call < 2; call += 1) await all(await client.chat.completions.create(ask))
      expect(provider.requests.map((request) => 'stream_options' in request.body)).toEqual([
        true,
        false,
        false,
      ])
      const entries = await setup.test.entries()
      expect(entries).toHaveLength(2)
      for (const entry of entries) {
        expect(entry).toMatchObject({ status: 'success', attempt: 1, usage_source: 'tokenizer' })
        expect(entry.failed_attempts).toBeUndefined()
        expect(entry.usage?.completion_tokens).toBeGreaterThan(0)
      }
    })

    test('another refusal reaches the application as it is', async () => {
      await using provider = await startRawProvider((_request, response) => {
        sendJson(response, { error: { message: 'Bad temperature', code: 'invalid_value' } }, 400)
      })
      const call = setup.captured({ baseURL: provider.url }).chat.completions.create(ask)
      await expect(call).rejects.toMatchObject({ status: 400, code: 'invalid_value' })
      expect(provider.requests).toHaveLength(1)
      expect(await setup.test.entry()).toMatchObject({ http_status: 400, error: { code: 'invalid_value' } })
    })
  })

  test('chunks reach the application as they arrive', async () => {
    let finish = (): void => {}
    await using provider = await startRawProvider((request, response) => {
      const [head, first, ...rest] = chatChunks(request, words).map(
        (chunk) => `data: ${JSON.stringify(chunk)}\n\n`,
      )
      startStream(response).write(`${head}${first}`)
      finish = () => response.end(`${rest.join('')}data: [DONE]\n\n`)
    })
    const stream = await setup.captured({ baseURL: provider.url }).chat.completions.create(ask)
    const read: string[] = []
    for await (const chunk of stream) {
      read.push(chunk.choices[0]?.delta.content ?? '')
      // The rest is only sent once this one was read.
      if (read.length === 2) finish()
    }
    expect(read.join('')).toBe(words.join(''))
  })
}

async function writeSlowly(
  response: { write(chunk: Buffer, done: () => void): unknown },
  bytes: Buffer,
  size: number | undefined,
): Promise<void> {
  const step = size ?? bytes.length
  for (let from = 0; from < bytes.length; from += step) {
    await new Promise<void>((resolve) => response.write(bytes.subarray(from, from + step), resolve))
  }
}
