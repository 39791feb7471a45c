/** Each capture notes the trace in which its caller made the call. */

import { createOpenAI } from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import { OpenAIEmbeddings } from '@langchain/openai'
import { embed, generateText, streamText, wrapEmbeddingModel } from 'ai'
import OpenAI from 'openai'
import { beforeEach, describe, expect, test } from 'vitest'
import { ledgerEmbeddingMiddleware } from '../../src/capture/ai-sdk/index.js'
import { captureAnthropic } from '../../src/capture/anthropic/index.js'
import type { CaptureOptions } from '../../src/capture/capture.js'
import { captureFetch } from '../../src/capture/fetch/index.js'
import { LedgerCallbackHandler } from '../../src/capture/langchain/index.js'
import { captureOpenAI } from '../../src/capture/openai/index.js'
import { inSpan, registerContexts, traceNumber } from '../fixtures/active-span.js'
import { captured, chatModel } from './ai-sdk-models.js'
import { setUp } from './framework-setup.js'
import { chatModel as langchainModel } from './langchain-models.js'
import { sendJson, startRawProvider } from './raw-provider.js'

const setup = setUp()
beforeEach(() => registerContexts())

type Call = (url: string, options: CaptureOptions) => PromiseLike<unknown>

const openai = (url: string, fetchOf = fetch) =>
  new OpenAI({ baseURL: url, apiKey: 'sk-test', maxRetries: 1, fetch: fetchOf })
const messages = [{ role: 'user' as const, content: 'hello' }]
const aiSdk = (url: string) => createOpenAI({ baseURL: url, apiKey: 'sk-test' })

const CAPTURES: readonly (readonly [string, Call])[] = [
  [
    'captureOpenAI',
    (url, options) =>
      captureOpenAI(openai(url), options).chat.completions.create({ model: 'gpt-4o', messages }),
  ],
  [
    'captureOpenAI, a stream',
    (url, options) =>
      captureOpenAI(openai(url), options).chat.completions.create({
        model: 'gpt-4o',
        messages,
        stream: true,
      }),
  ],
  [
    'captureOpenAI, embeddings',
    (url, options) => captureOpenAI(openai(url), options).embeddings.create({ model: 'e', input: 'hello' }),
  ],
  [
    'captureAnthropic',
    (url, options) =>
      captureAnthropic(new Anthropic({ baseURL: url, apiKey: 'k', maxRetries: 1 }), options).messages.create({
        model: 'claude-test',
        max_tokens: 10,
        messages,
      }),
  ],
  [
    'captureFetch',
    (url, options) =>
      captureFetch(fetch, options)(`${url}/chat/completions`, {
        method: 'POST',
        body: JSON.stringify({ model: 'gpt-4o', messages }),
      }),
  ],
  [
    'captureFetch, a Request',
    (url, options) =>
      captureFetch(
        fetch,
        options,
      )(
        new Request(`${url}/embeddings`, {
          method: 'POST',
          body: JSON.stringify({ model: 'e', input: 'a' }),
        }),
      ),
  ],
  [
    'the middleware of the AI SDK',
    (url, options) =>
      generateText({ model: captured(chatModel(url), options), prompt: 'hello', maxRetries: 0 }),
  ],
  [
    'the middleware of the AI SDK, a stream',
    (url, options) =>
      streamText({
        model: captured(chatModel(url), options),
        prompt: 'hello',
        maxRetries: 0,
        onError: () => undefined,
      }).consumeStream(),
  ],
  [
    'the middleware of the AI SDK, embeddings',
    (url, options) =>
      embed({
        model: wrapEmbeddingModel({
          model: aiSdk(url).embedding('text-embedding-3-small'),
          middleware: ledgerEmbeddingMiddleware(options),
        }),
        value: 'hello',
        maxRetries: 0,
      }),
  ],
  [
    'the handler of LangChain',
    (url, options) =>
      langchainModel(url).invoke('hello', { callbacks: [new LedgerCallbackHandler(options)] }),
  ],
  [
    'the handler of LangChain, a stream',
    async (url, options) => {
      const callbacks = [new LedgerCallbackHandler(options)]
      for await (const _ of await langchainModel(url).stream('hello', { callbacks }));
    },
  ],
  [
    'captureFetch below embeddings of LangChain',
    (url, options) =>
      new OpenAIEmbeddings({
        apiKey: 'sk-test',
        maxRetries: 0,
        configuration: { baseURL: url, fetch: captureFetch(fetch, options) },
      }).embedQuery('hello'),
  ],
]

describe.each(CAPTURES)('%s', (_name, call) => {
  test('each call has the trace of its own caller, also when it fails', async () => {
    await using provider = await startRawProvider((_request, response) =>
      sendJson(response, { error: { message: 'no such key', code: 'invalid_api_key' } }, 401),
    )
    const traces = [1, 2, 3].map(traceNumber)
    const calls = traces.map((trace) =>
      inSpan(trace, () => call(provider.url, { ...setup.options, metadata: { team: 'red' } })),
    )
    await Promise.allSettled(calls)
    const entries = await setup.test.entries()
    expect(entries.map(({ metadata }) => Object(metadata).trace_id).sort()).toEqual(
      traces.map(({ traceId }) => traceId),
    )
    for (const { traceId, spanId } of traces) {
      expect(entries).toContainEqual(
        expect.objectContaining({
          status: 'error',
          metadata: { team: 'red', trace_id: traceId, parent_span_id: spanId },
        }),
      )
    }
  })

  test('outside any span it has none', async () => {
    await using provider = await startRawProvider((_request, response) => sendJson(response, {}, 401))
    await Promise.allSettled([call(provider.url, setup.options)])
    expect(await setup.test.entry()).not.toHaveProperty('metadata')
  })
})

test('the pending line has the trace, and a span that is active later does not change it', async () => {
  const [begun, later] = [traceNumber(1), traceNumber(2)]
  await using provider = await startRawProvider(async (_request, response) => {
    await setup.test.ledger.flush()
    sendJson(response, { error: { message: 'overloaded' } }, 401)
  })
  const call = inSpan(begun, () =>
    captureOpenAI(openai(provider.url), setup.options).chat.completions.create({ model: 'gpt-4o', messages }),
  )
  await inSpan(later, () => call.catch(() => undefined))
  const lines = (await setup.test.files()).split('\n').filter((line) => line.includes(begun.traceId))
  expect(lines.map((line) => JSON.parse(line).status)).toEqual(['pending', 'error'])
  expect(await setup.test.files()).not.toContain(later.traceId)
})

test('the ids of the trace stay whole where personal data goes out', async () => {
  const trace = { traceId: '4111111111111111'.repeat(2), spanId: '4111111111111111' }
  await using provider = await startRawProvider((_request, response) => sendJson(response, {}, 401))
  const options = { ...setup.options, personalData: true, redact: () => 'gone', metadata: { a: 'text' } }
  await inSpan(trace, () =>
    captureFetch(fetch, options)(`${provider.url}/chat/completions`, {
      method: 'POST',
      body: '{"model":"gpt-4o"}',
    }),
  )
  expect((await setup.test.entry()).metadata).toEqual({
    gone: 'gone',
    trace_id: trace.traceId,
    parent_span_id: trace.spanId,
  })
})
