/** The contract of captures beside spans: a call that both tell of, to one ledger, is one entry, with or without an id. */
import { createOpenAI } from '@ai-sdk/openai'
import type { Span, Tracer } from '@opentelemetry/api'
import { embed, generateText, wrapEmbeddingModel, wrapLanguageModel } from 'ai'
import OpenAI from 'openai'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ledgerEmbeddingMiddleware, ledgerMiddleware } from '../../src/capture/ai-sdk/index.js'
import type { CaptureOptions } from '../../src/capture/capture.js'
import { captureOpenAI } from '../../src/capture/openai/index.js'
import type { LoggedEntry } from '../../src/entry/entry.js'
import { serve } from '../../src/http/server.js'
import { type RawHandler, type RawProvider, sendJson, startRawProvider } from '../capture/raw-provider.js'
import { openTestLedger, type TestLedger } from '../fixtures/open-test-ledger.js'
import { openExporter, startServer } from './exported.js'
import type { Exporter } from './exporter.mjs'

const USAGE = { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 }
const COMPLETION = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'gpt-4o-2024-08-06',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
  usage: USAGE,
}
const EMBEDDINGS = {
  object: 'list',
  model: 'text-embedding-3-small',
  data: [{ object: 'embedding', index: 0, embedding: [0.1, 0.2] }],
  usage: { prompt_tokens: 5, total_tokens: 5 },
}
const WRONG_KEY = { error: { message: 'Incorrect API key', code: 'invalid_api_key' } }

const answering: RawHandler = ({ path }, response) =>
  sendJson(response, path.endsWith('/embeddings') ? EMBEDDINGS : COMPLETION)
const refusing: RawHandler = (_request, response) => sendJson(response, WRONG_KEY, 401)

interface Host {
  readonly own: TestLedger
  readonly provider: RawProvider
  readonly exporter: Exporter
  readonly options: CaptureOptions
  /** Once all is sent. */
  entries(): Promise<readonly LoggedEntry[]>
}

async function startHost(handler: RawHandler): Promise<Host> {
  const own = await openTestLedger()
  const provider = await startRawProvider(handler)
  onTestFinished(() => provider[Symbol.asyncDispose]())
  const exporter = await openExporter(await startServer(own))
  return {
    own,
    provider,
    exporter,
    options: { ledger: own.ledger, projectId: own.project.id, chatId: 'captured' },
    async entries() {
      // What captures write behind the call is there before the spans are sent.
      await own.ledger.flush()
      expect(await exporter.close()).toEqual(expect.arrayContaining(['sent']))
      const { entries } = await own.ledger.getLLMRequestLogs({ limit: 100 })
      return entries
    },
  }
}

/** What an instrumentation does: a span around the call, which is active in it and tells of no id. */
async function instrumented<Result>(
  tracer: Tracer,
  attributes: Readonly<Record<string, string>>,
  work: (span: Span) => PromiseLike<Result>,
): Promise<Result> {
  return tracer.startActiveSpan('model', async (span: Span) => {
    span.setAttributes(attributes)
    try {
      return await work(span)
    } catch (error) {
      span.setStatus({ code: 2, message: String(error) })
      throw error
    } finally {
      span.end()
    }
  })
}

const SPAN = {
  chat: { 'openinference.span.kind': 'LLM', 'llm.model_name': 'gpt-4o' },
  embedding: {
    'gen_ai.operation.name': 'embeddings',
    'gen_ai.request.model': 'text-embedding-3-small',
  },
} as const
type Kind = keyof typeof SPAN

const messages = [{ role: 'user' as const, content: 'hello' }]

function ask(client: OpenAI, kind: Kind): PromiseLike<unknown> {
  return kind === 'chat'
    ? client.chat.completions.create({ model: 'gpt-4o', messages })
    : client.embeddings.create({ model: 'text-embedding-3-small', input: 'hello' })
}

function openAI({ provider }: Host): OpenAI {
  return new OpenAI({ baseURL: provider.url, apiKey: 'sk-test', maxRetries: 0 })
}

/** An instrumentation around a captured client. */
function captureInside(host: Host, kind: Kind): PromiseLike<unknown> {
  const client = captureOpenAI(openAI(host), host.options)
  return instrumented(host.exporter.tracer, SPAN[kind], () => ask(client, kind))
}

/** A captured framework around an instrumented client, in a span of the application. */
function captureOutside({ exporter: { tracer }, provider, options }: Host, kind: Kind): PromiseLike<unknown> {
  const made = createOpenAI({
    baseURL: provider.url,
    apiKey: 'sk-test',
    fetch: (input, init) =>
      instrumented(tracer, SPAN[kind], async (span) => {
        const answer = await fetch(input, init)
        if (!answer.ok) span.setStatus({ code: 2, message: String(answer.status) })
        return answer
      }),
  })
  return instrumented(tracer, {}, async () =>
    kind === 'chat'
      ? generateText({
          model: wrapLanguageModel({ model: made.chat('gpt-4o'), middleware: ledgerMiddleware(options) }),
          prompt: 'hello',
          maxRetries: 0,
        })
      : embed({
          model: wrapEmbeddingModel({
            model: made.embedding('text-embedding-3-small'),
            middleware: ledgerEmbeddingMiddleware(options),
          }),
          value: 'hello',
          maxRetries: 0,
        }),
  )
}

const PLACES = [
  ['the capture inside the span', captureInside],
  ['the capture outside the span', captureOutside],
] as const
const CALLS = [
  ['a chat without the id of its answer', 'chat', answering, 'success'],
  ['a failed chat', 'chat', refusing, 'error'],
  ['an embedding', 'embedding', answering, 'success'],
  ['a failed embedding', 'embedding', refusing, 'error'],
] as const

export function describeOneEntryACall(): void {
  describe.each(PLACES)('%s', (_place, make) => {
    test.each(CALLS)('%s is one entry', async (_name, kind, handler, status) => {
      const host = await startHost(handler)
      await Promise.allSettled([make(host, kind)])
      const entries = await host.entries()
      expect(entries).toHaveLength(host.provider.requests.length)
      expect(entries).toMatchObject([
        { chat_id: 'captured', status, metadata: { trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) } },
      ])
    })

    test('twenty at once, half of them failing, are twenty', async () => {
      let asked = 0
      const host = await startHost((request, response) => {
        asked += 1
        return (asked % 2 === 0 ? refusing : answering)(request, response)
      })
      await instrumented(host.exporter.tracer, {}, () =>
        Promise.allSettled(Array.from({ length: 20 }, (_, at) => make(host, at < 10 ? 'chat' : 'embedding'))),
      )
      const entries = await host.entries()
      expect(entries).toHaveLength(20)
      expect(entries.every(({ chat_id }) => chat_id === 'captured')).toBe(true)
    })
  })

  test('of two parallel like calls one is captured: they are two entries', async () => {
    const host = await startHost(refusing)
    const plain = openAI(host)
    const captured = captureOpenAI(plain, host.options)
    const { tracer } = host.exporter
    await instrumented(tracer, {}, () =>
      Promise.allSettled(
        [plain, captured].map((client) => instrumented(tracer, SPAN.chat, () => ask(client, 'chat'))),
      ),
    )
    const entries = await host.entries()
    expect(entries.map(({ chat_id }) => chat_id).sort()).toEqual(['captured', 'support'])
  })

  test('the telemetry of the AI SDK beside its middleware: what fails, what is tried again, embeddings', async () => {
    // All answers have one id, as those of servers that draw them from a few.
    const host = await startHost((request, response) => {
      const isFirst = host.provider.requests.filter(({ text }) => text === request.text).length === 1
      if (request.text.includes('wrong')) return sendJson(response, WRONG_KEY, 401)
      if (!request.text.includes('again') || !isFirst) return answering(request, response)
      response.setHeader('retry-after-ms', '1')
      return sendJson(response, { error: { message: 'Slow down' } }, 429)
    })
    const { provider, options } = host
    const made = createOpenAI({ baseURL: provider.url, apiKey: 'sk-test' })
    const experimental_telemetry = { isEnabled: true, tracer: host.exporter.tracer }
    const model = wrapLanguageModel({ model: made.chat('gpt-4o'), middleware: ledgerMiddleware(options) })
    const embedder = wrapEmbeddingModel({
      model: made.embedding('text-embedding-3-small'),
      middleware: ledgerEmbeddingMiddleware(options),
    })
    await Promise.allSettled([
      generateText({ model, prompt: 'hello', experimental_telemetry }),
      generateText({ model, prompt: 'wrong', experimental_telemetry }),
      generateText({ model, prompt: 'again', experimental_telemetry }),
      embed({ model: embedder, value: 'hello', experimental_telemetry }),
      embed({ model: embedder, value: 'wrong', experimental_telemetry }),
    ])
    const entries = await host.entries()
    expect(provider.requests).toHaveLength(6)
    // The two attempts are one entry, which says so.
    expect(entries.map(({ status, attempt }) => `${status} ${attempt}`).sort()).toEqual([
      'error 1',
      'error undefined',
      'success 1',
      'success 2',
      'success undefined',
    ])
    expect(entries.every(({ chat_id }) => chat_id === 'captured')).toBe(true)
  })

  test('an instrumented client through the proxy of the ledger: a failed call is one entry', async () => {
    const host = await startHost(refusing)
    const { own, provider, exporter } = host
    const proxy = await serve({
      ledger: own.ledger,
      host: '127.0.0.1',
      port: 0,
      upstreams: { up: { baseUrl: provider.url, projectId: own.project.id, chatId: 'captured' } },
    })
    onTestFinished(() => proxy.close())
    const client = new OpenAI({ baseURL: `${proxy.url}/proxy/up`, apiKey: 'sk-test', maxRetries: 0 })
    for (const kind of ['chat', 'embedding'] as const) {
      await instrumented(exporter.tracer, SPAN[kind], async (span) => {
        const { traceId, spanId } = span.spanContext()
        const told = client.withOptions({ defaultHeaders: { traceparent: `00-${traceId}-${spanId}-01` } })
        await Promise.allSettled([ask(told, kind)])
      })
    }
    const entries = await host.entries()
    expect(provider.requests).toHaveLength(2)
    expect(entries).toMatchObject([{ chat_id: 'captured' }, { chat_id: 'captured' }])
  })
}
