/** Each kind of secret in each place of an export of OpenTelemetry. */
import { expect, test } from 'vitest'
import type { Convention } from '../../src/capture/otlp/conventions/convention.js'
import { genAi } from '../../src/capture/otlp/conventions/gen-ai.js'
import { openInference } from '../../src/capture/otlp/conventions/openinference.js'
import { vercelAi } from '../../src/capture/otlp/conventions/vercel-ai.js'
import { REDACTED } from '../../src/entry/redact.js'
import { createServer } from '../../src/http/server.js'
import { type AnySpan, CHAT, exportOf, pairs, protobufOf, START, span, type Values } from '../otlp/spans.js'
import { oneOfEach, type Secret } from './kinds.js'
import { openWatchedLedger } from './watched-ledger.js'

interface Place {
  readonly attributes: Values
  readonly more?: AnySpan
}

/** What makes a span of a convention a call. */
const CALLS: readonly (readonly [Convention, Values])[] = [
  [genAi, CHAT],
  [openInference, { 'openinference.span.kind': 'LLM', 'llm.model_name': 'gpt-4o' }],
  [vercelAi, { 'ai.operationId': 'ai.generateText.doGenerate', 'ai.model.id': 'gpt-4o' }],
]

/** Attributes of messages, with what makes them one from a text. */
const MESSAGES: readonly ((text: string) => Values)[] = [
  (text) => ({ 'gen_ai.system_instructions': JSON.stringify([{ type: 'text', content: text }]) }),
  (text) => ({ 'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ content: text }] }]) }),
  (text) => ({ 'gen_ai.output.messages': [{ role: 'assistant', content: text }] }),
  (text) => ({ 'gen_ai.output.messages': JSON.stringify([{ parts: [toolCall(text)] }]) }),
  (text) => ({ 'gen_ai.output.messages': [{ parts: [{ ...toolCall(''), arguments: { text } }] }] }),
  (text) => ({ 'gen_ai.output.messages': [{ parts: [{ ...toolCall('{}'), name: text }] }] }),
  (text) => ({ 'gen_ai.prompt.0.role': 'user', 'gen_ai.prompt.0.content': text }),
  (text) => ({ 'gen_ai.completion.0.role': 'assistant', 'gen_ai.completion.0.content': text }),
  (text) => ({ 'llm.input_messages.0.message.role': 'user', 'llm.input_messages.0.message.content': text }),
  (text) => ({
    'llm.output_messages.0.message.contents.0.message_content.type': 'text',
    'llm.output_messages.0.message.contents.0.message_content.text': text,
  }),
  (text) => ({ 'ai.prompt': JSON.stringify({ system: text, prompt: text }) }),
  (text) => ({ 'ai.prompt.messages': JSON.stringify([{ role: 'user', content: [{ type: 'text', text }] }]) }),
  (text) => ({ 'ai.response.text': text }),
]

/** Attributes that hold texts and belong to no message. */
const ATTRIBUTES = [
  'error.type',
  'exception.message',
  'gen_ai.request.reasoning_effort',
  'gen_ai.request.service_tier',
  'http.request.header.authorization',
  'http.request.header.x-note',
  'ledgerline.chat_id',
  'ledgerline.project_id',
  'server.address',
  'url.full',
  'url.query',
]

/** Of a resource as well as of a span. */
const RESOURCES = [
  'deployment.environment.name',
  'ledgerline.chat_id',
  'ledgerline.project_id',
  'process.command_line',
  'service.name',
  'session.id',
  'user.id',
]

const EVENTS = ['gen_ai.system.message', 'gen_ai.user.message', 'gen_ai.tool.message', 'gen_ai.choice']

function toolCall(text: string) {
  return { type: 'tool_call', name: 'look_up', arguments: JSON.stringify({ text }) }
}

/** Counts are all read in one way; one of them stands for all. */
function placesOf({ kind, shown }: Secret): Place[] {
  const text = `${kind}: ${shown} there`
  const named = CALLS.flatMap(([{ names }, call]) =>
    Object.entries(names)
      .filter(([field]) => !/Tokens|firstToken/.test(field) || field === 'promptTokens')
      .flatMap(([, list]) => list)
      .map((name) => ({ attributes: { ...call, [name]: shown } })),
  )
  const events = EVENTS.flatMap((name) => [
    withEvent(name, { content: text }),
    withEvent(name, { message: JSON.stringify({ content: text }) }),
  ])
  return [
    ...named,
    ...ATTRIBUTES.map((name) => ({ attributes: { ...CHAT, [name]: shown } })),
    ...MESSAGES.map((message) => ({ attributes: { ...CHAT, ...message(text) } })),
    { attributes: { ...CHAT, 'llm.invocation_parameters': JSON.stringify({ service_tier: shown }) } },
    { attributes: { ...CHAT, [shown]: 'the name of an attribute' } },
    ...events,
    withEvent('exception', { 'exception.type': shown, 'exception.message': text }, { code: 2 }),
    withEvent(shown, {}),
    { attributes: CHAT, more: { name: text } },
    { attributes: CHAT, more: { status: { code: 2, message: text } } },
    // Cut behind its beginning.
    { attributes: CHAT, more: { status: { code: 2, message: `${'m '.repeat(2_040)}${text}` } } },
    { attributes: CHAT, more: { name: `${'n '.repeat(120)}${text}` } },
  ]
}

function withEvent(name: string, attributes: Values, status = { code: 1 }): Place {
  const event = { name, timeUnixNano: String(START), attributes: pairs(attributes) }
  return { attributes: CHAT, more: { events: [event], status } }
}

/** Each span is a trace of its own. */
function exportsOf(secrets: readonly Secret[], digit: string) {
  let traces = 0
  const spanAt = ({ attributes, more }: Place): AnySpan => {
    traces += 1
    const traceId = traces.toString(16).padStart(32, digit)
    return span(traces, attributes, { traceId, ...more })
  }
  const spans = secrets.flatMap(placesOf).map(spanAt)
  const byResource = secrets.flatMap(({ shown }) =>
    RESOURCES.map((name) => exportOf([spanAt({ attributes: CHAT })], { [name]: shown })),
  )
  const count = traces
  return {
    count,
    resourceSpans: [
      ...exportOf(spans).resourceSpans,
      ...byResource.flatMap(({ resourceSpans }) => resourceSpans),
    ],
  }
}

test.each(['JSON', 'protobuf'])('in %s: no secret is in a file or an answer', async (encoding) => {
  const secrets = oneOfEach()
  const watched = await openWatchedLedger()
  const { ledger, projectId } = watched
  const otlp = { messages: true, createProjects: true, project: projectId }
  const app = await createServer({ ledger, otlp })
  const { count, ...request } = exportsOf(secrets, encoding === 'JSON' ? 'a' : 'b')
  const isJson = encoding === 'JSON'
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/traces',
    headers: { 'content-type': isJson ? 'application/json' : 'application/x-protobuf' },
    payload: isJson ? JSON.stringify(request) : Buffer.from(protobufOf(request)),
  })
  expect(answer.statusCode).toBe(200)
  watched.told('the answer', answer.body)
  for (const { shown } of secrets) {
    const headers = { 'x-ledgerline-project': shown, 'x-ledgerline-chat': shown, 'x-request-id': shown }
    const { body, headers: answered } = await app.inject({
      method: 'POST',
      url: '/v1/traces',
      headers,
      payload: exportOf([span(1, CHAT)]),
    })
    watched.told('the answer to headers', body + JSON.stringify(answered))
  }
  await app.close()
  const { summary } = await ledger.getStats({ type: 'global' })
  expect(summary.totalRequests).toBeGreaterThan(count * 0.9)
  const messages = await ledger.readChat(projectId, 'otlp')
  const redacted = messages.filter(({ content }) => content.includes(REDACTED))
  expect(redacted.length).toBeGreaterThan(secrets.length * 5)
  expect(await watched.leaks(secrets)).toEqual([])
})
