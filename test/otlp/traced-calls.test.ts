/** A call without the id of its answer: spans and captured requests know each other by their trace. */
import { describe, expect, test } from 'vitest'
import { TraceReceiver } from '../../src/capture/otlp/index.js'
import { openTestLedger, type TestLedger } from '../fixtures/open-test-ledger.js'
import { type AnySpan, below, chat, exportOf, span, spanId, TRACE, type Values } from './spans.js'
import { END, stoppedClock } from './stopped-clock.js'

/** Where the times of the rows begin, epoch ms. */
const ZERO = END - 10_000
const iso = (ms: number) => new Date(ZERO + ms).toISOString()

/** Milliseconds, from and to. */
type Times = readonly [number, number]

const OTHER_TRACE = 'f'.repeat(32)
const times = ([from, to]: Times) => ({
  startTimeUnixNano: `${ZERO + from}000000`,
  endTimeUnixNano: `${ZERO + to}000000`,
})
const FAILED = { status: { code: 2, message: 'Incorrect API key' } }
/** A span within span 9 that has no id of its answer. */
const call = (number: number, at: Times, attributes: Values = {}, more: AnySpan = {}) =>
  chat(number, attributes, below(9, { ...times(at), ...more }))
const openInference = (number: number, at: Times, model = 'gpt-4o') =>
  span(
    number,
    { 'openinference.span.kind': 'LLM', 'llm.model_name': model, 'llm.token_count.prompt': 9 },
    below(9, times(at)),
  )
const embedding = (number: number, at: Times) => call(number, at, { 'gen_ai.operation.name': 'embeddings' })

const http = (number: number, at: Times, parent: number) =>
  span(number, { 'http.request.method': 'POST' }, below(parent, times(at)))

interface Captured {
  readonly id: string
  readonly [field: string]: unknown
}
/** A captured request that was made in a span of the trace; pending without an end. */
const request = (
  id: string,
  [from, to]: readonly [number, number?],
  { trace = TRACE, parent = 9, ...more }: Record<string, unknown> & { trace?: string; parent?: number } = {},
): Captured => ({
  id,
  status: to === undefined ? 'pending' : 'success',
  timestamp_start: iso(from),
  ...(to === undefined ? {} : { timestamp_end: iso(to) }),
  metadata: { trace_id: trace, parent_span_id: spanId(parent) },
  ...more,
})
const failed = { status: 'error', error: { code: 'invalid_api_key', message: 'Incorrect API key' } }
const otlp = (number: number, trace = TRACE) => `otlp-${trace}-${spanId(number)}`

interface Row {
  readonly captured: readonly Captured[]
  /** The spans of each export. */
  readonly exports: readonly (readonly AnySpan[])[]
  readonly entries: readonly string[]
}

const receiverOf = ({ ledger }: TestLedger, now = END + 60_000) =>
  new TraceReceiver(ledger, {}, stoppedClock(now))
const exported = ({ project }: TestLedger, spans: readonly AnySpan[]) =>
  exportOf(spans, { 'ledgerline.project_id': project.id })

async function expectEntries({ ledger, lines }: TestLedger, ids: readonly string[]): Promise<void> {
  expect([...new Set(lines().map(({ id }) => id))].sort()).toEqual([...ids].sort())
  const { summary } = await ledger.getStats({ type: 'global' })
  expect(summary.totalRequests + summary.pendingRequests).toBe(ids.length)
}

function rowsOf(rows: Readonly<Record<string, Row>>) {
  test.each(Object.entries(rows))('%s', async (_name, { captured, exports, entries }) => {
    const own = await openTestLedger()
    for (const one of captured) await own.ledger.logLLMRequest(own.entry(one))
    const receiver = receiverOf(own)
    for (const spans of exports) {
      expect(await receiver.receive(exported(own, spans))).toEqual({ rejectedSpans: 0, errorMessage: '' })
    }
    await expectEntries(own, entries)
    for (const spans of exports) await receiver.receive(exported(own, spans))
    await expectEntries(own, entries)
  })
}

describe('one entry, also when the spans are exported again', () => {
  rowsOf({
    'a failed call that was captured within its span': {
      captured: [request('c', [1, 90], { parent: 1, ...failed })],
      exports: [[call(1, [0, 95], {}, FAILED)]],
      entries: ['c'],
    },
    'a failed call whose span lies within the capture': {
      captured: [request('c', [0, 95], failed)],
      exports: [[call(1, [1, 90], {}, FAILED)]],
      entries: ['c'],
    },
    'a call that failed within the same millisecond': {
      captured: [request('c', [0, 0], failed)],
      exports: [[call(1, [0, 0], {}, FAILED)]],
      entries: ['c'],
    },
    embeddings: {
      captured: [request('c', [1, 90], { request_type: 'embedding' })],
      exports: [[embedding(1, [0, 95])]],
      entries: ['c'],
    },
    'a call that OpenInference tells of': {
      captured: [request('c', [1, 90], { response_id: 'chatcmpl-1' })],
      exports: [[openInference(1, [0, 95])]],
      entries: ['c'],
    },
    'a call whose span names the model as its answer does': {
      captured: [request('c', [1, 90], { response_model: 'gpt-4o-2024-08-06' })],
      exports: [[openInference(1, [0, 95], 'gpt-4o-2024-08-06')]],
      entries: ['c'],
    },
    'a pending call whose span names the model with its day': {
      captured: [request('c', [1], { parent: 1 })],
      exports: [[openInference(1, [0, 95], 'openai/gpt-4o-2024-08-06')]],
      entries: ['c'],
    },
    'a call whose span names no model': {
      captured: [request('c', [1, 90], { parent: 1 })],
      exports: [[call(1, [0, 95], { 'gen_ai.request.model': undefined })]],
      entries: ['c'],
    },
    'a call that is pending': {
      captured: [request('c', [1], { parent: 1 })],
      exports: [[call(1, [0, 95], { 'gen_ai.response.id': 'chatcmpl-1' })]],
      entries: ['c'],
    },
    'a call whose span ends before its stream': {
      captured: [request('c', [1, 5000], { response_id: 'chatcmpl-1' })],
      exports: [[call(1, [0, 95])]],
      entries: ['c'],
    },
    'a call whose request was made in the span of an HTTP client': {
      captured: [request('c', [3, 90], { parent: 7, ...failed })],
      exports: [[call(1, [0, 95], {}, FAILED), http(7, [2, 92], 8), http(8, [1, 93], 1)]],
      entries: ['c'],
    },
    'a call whose request was made in the span of an HTTP client, which came before': {
      captured: [request('c', [3, 90], { parent: 7, ...failed })],
      exports: [[http(7, [2, 92], 1)], [call(1, [0, 95], {}, FAILED)]],
      entries: ['c'],
    },
    'a call that the two name by a router and by the provider': {
      captured: [request('c', [1, 90], { model: 'openai/gpt-4o', provider: 'openrouter' })],
      exports: [[call(1, [0, 95], { 'gen_ai.request.model': 'gpt-4o-latest' })]],
      entries: ['c'],
    },
    'a call through a proxy, which is known by its host': {
      captured: [request('c', [1, 90], { parent: 1, provider: '127.0.0.1' })],
      exports: [[call(1, [0, 95])]],
      entries: ['c'],
    },
    'a call in whose span two libraries have spans': {
      captured: [request('c', [2, 90], { parent: 1 })],
      exports: [[call(2, [1, 93], {}, below(1)), call(1, [0, 95])]],
      entries: ['c'],
    },
    'a request that was logged by hand, with its trace in capitals': {
      captured: [
        request('c', [0, 95], { metadata: { trace_id: TRACE.toUpperCase(), parent_span_id: spanId(9) } }),
      ],
      exports: [[call(1, [1, 90])]],
      entries: ['c'],
    },
    'a call that a framework tried twice, each with a span': {
      captured: [request('c', [1, 400], { parent: 1, attempt: 2, failed_attempts: [{ latency_ms: 90 }] })],
      exports: [[call(1, [0, 95], {}, FAILED)], [call(2, [300, 405])]],
      entries: ['c'],
    },
    'a call that a framework tried twice, the last with the id of its answer': {
      captured: [
        request('c', [1, 400], { parent: 1, response_id: 'a', failed_attempts: [{ latency_ms: 90 }] }),
      ],
      exports: [[call(2, [300, 405], { 'gen_ai.response.id': 'a' }), call(1, [0, 95], {}, FAILED)]],
      entries: ['c'],
    },
  })
})

const PARALLEL = [call(1, [0, 100]), call(2, [2, 98])] as const
const WITHIN_SECOND = request('c', [3, 97], { parent: 2 })
const ANSWERED = { 'gen_ai.response.id': 'a' }

describe('two entries where nothing tells them apart from two calls', () => {
  rowsOf({
    'a call that the capture saw given up after the span': {
      captured: [request('c', [12, 14], failed)],
      exports: [[call(1, [0, 10], {}, FAILED)]],
      entries: ['c', otlp(1)],
    },
    'a call between whose span and the capture other spans lie': {
      captured: [request('c', [0, 95], { parent: 7 })],
      exports: [[openInference(1, [1, 90])]],
      entries: ['c', otlp(1)],
    },
    'a call further below its span than is looked': {
      captured: [request('c', [1, 90], { parent: 20 })],
      exports: [
        [
          call(1, [0, 95]),
          ...Array.from({ length: 11 }, (_, at) => http(at + 10, [1, 94], at === 0 ? 1 : at + 9)),
        ],
      ],
      entries: ['c', otlp(1)],
    },
    'a request that was logged by hand with its trace alone': {
      captured: [request('c', [0, 95], { metadata: { trace_id: TRACE } })],
      exports: [[call(1, [1, 90])]],
      entries: ['c', otlp(1)],
    },
    'a call that began long after its capture': {
      captured: [request('c', [0, 900])],
      exports: [[call(1, [101, 890])]],
      entries: ['c', otlp(1)],
    },
    'a call beside a request that is pending still': {
      captured: [request('c', [0])],
      exports: [[call(1, [1, 90])]],
      entries: ['c', otlp(1)],
    },
  })
})

describe('as many entries as physical calls, also when the spans are exported again', () => {
  rowsOf({
    'two parallel like calls of which one was captured': {
      captured: [request('c', [0, 100])],
      exports: [PARALLEL],
      entries: ['c', otlp(2)],
    },
    'two parallel like calls of which one was captured, in two exports': {
      captured: [request('c', [0, 100])],
      exports: [[PARALLEL[0]], [PARALLEL[1]]],
      entries: ['c', otlp(2)],
    },
    'two parallel like calls that both were captured': {
      captured: [request('c', [0, 100]), request('d', [3, 97])],
      exports: [PARALLEL],
      entries: ['c', 'd'],
    },
    'two parallel calls, one captured within its span': {
      captured: [WITHIN_SECOND],
      exports: [PARALLEL],
      entries: ['c', otlp(1)],
    },
    'two parallel calls, one captured within its span, which comes first': {
      captured: [WITHIN_SECOND],
      exports: [[PARALLEL[1]], [PARALLEL[0]]],
      entries: ['c', otlp(1)],
    },
    'two parallel calls, one captured within its span, which comes last': {
      captured: [WITHIN_SECOND],
      exports: [[PARALLEL[0]], [PARALLEL[1]]],
      entries: ['c', otlp(1)],
    },
    'two parallel calls, one captured and known by its answer, which comes last': {
      captured: [request('c', [3, 97], { response_id: 'a' })],
      exports: [[call(1, [0, 100])], [call(2, [2, 98], ANSWERED)]],
      entries: ['c', otlp(2)],
    },
    'three parallel calls, two captured, which come in the other order': {
      captured: [request('c', [3, 97], { parent: 3 }), request('d', [3, 97], { parent: 2 })],
      exports: [[call(1, [0, 100])], [call(2, [2, 98])], [call(3, [2, 98])]],
      entries: ['c', 'd', otlp(1)],
    },
    'two calls whose answers have one id, in two traces, one captured': {
      captured: [request('c', [0, 95], { response_id: 'a' })],
      exports: [[call(1, [1, 90], ANSWERED), call(2, [0, 95], {}, { traceId: OTHER_TRACE })]],
      entries: ['c', otlp(2, OTHER_TRACE)],
    },
    'attempts that follow each other, each captured': {
      captured: [request('c', [1, 99], { parent: 1, ...failed }), request('d', [101, 199], { parent: 2 })],
      exports: [[call(1, [0, 100], {}, FAILED)], [call(2, [100, 200])]],
      entries: ['c', 'd'],
    },
    'attempts that follow each other at once, the last captured': {
      captured: [request('d', [101, 199])],
      exports: [[call(1, [0, 100], {}, FAILED)], [call(2, [100, 200])]],
      entries: [otlp(1), 'd'],
    },
    'attempts that follow each other, the first captured': {
      captured: [request('c', [1, 99], failed)],
      exports: [[call(2, [100, 200])], [call(1, [0, 100], {}, FAILED)]],
      entries: ['c', otlp(2)],
    },
    'two attempts with a span each, where the capture tells of one': {
      captured: [request('c', [0, 400])],
      exports: [[call(1, [1, 95], {}, FAILED), call(2, [300, 399])]],
      entries: ['c', otlp(2)],
    },
    'two attempts around which there is one span': {
      captured: [request('c', [1, 90], { parent: 1, ...failed }), request('d', [100, 190], { parent: 1 })],
      exports: [[call(1, [0, 200])]],
      entries: ['c', 'd'],
    },
    'a call beside one that was tried twice': {
      captured: [request('c', [1, 400], { failed_attempts: [{ latency_ms: 90 }] })],
      exports: [[call(1, [0, 405]), call(2, [0, 300])]],
      entries: ['c', otlp(2)],
    },
    'a call in another trace': {
      captured: [request('c', [0, 95], { trace: OTHER_TRACE })],
      exports: [[call(1, [1, 90])]],
      entries: ['c', otlp(1)],
    },
    'a call of another model': {
      captured: [request('c', [0, 95], { model: 'gpt-4o-mini' })],
      exports: [[call(1, [1, 90])]],
      entries: ['c', otlp(1)],
    },
    'an embedding beside a chat': {
      captured: [request('c', [0, 95])],
      exports: [[embedding(1, [1, 90])]],
      entries: ['c', otlp(1)],
    },
    'a call with another answer': {
      captured: [request('c', [0, 95], { response_id: 'b' })],
      exports: [[call(1, [1, 90], ANSWERED)]],
      entries: ['c', otlp(1)],
    },
    'a call before it': {
      captured: [request('c', [200, 290])],
      exports: [[call(1, [0, 95])]],
      entries: ['c', otlp(1)],
    },
    'a call after it': {
      captured: [request('c', [0, 95])],
      exports: [[call(1, [200, 290])]],
      entries: ['c', otlp(1)],
    },
    'a call before one that is pending': {
      captured: [request('c', [200])],
      exports: [[call(1, [0, 95])]],
      entries: ['c', otlp(1)],
    },
    'a call that ends right before the captured one begins': {
      captured: [request('c', [105, 2000])],
      exports: [[call(1, [0, 100])]],
      entries: ['c', otlp(1)],
    },
    'a call that begins right after the captured one': {
      captured: [request('c', [0, 10])],
      exports: [[call(1, [12, 2000])]],
      entries: ['c', otlp(1)],
    },
    'a call that begins in the millisecond in which the captured one ends': {
      captured: [request('c', [0, 10])],
      exports: [[call(1, [10, 20])]],
      entries: ['c', otlp(1)],
    },
    'a call elsewhere in the trace at the same time': {
      captured: [request('c', [0, 100], { parent: 7 })],
      exports: [[call(1, [0, 100])]],
      entries: ['c', otlp(1)],
    },
    'a fallback behind a call that failed at once': {
      captured: [request('c', [0, 10], failed)],
      exports: [[call(1, [13, 2000])]],
      entries: ['c', otlp(1)],
    },
    'a call ten minutes after one that is pending': {
      captured: [request('c', [-600_000])],
      exports: [[call(1, [0, 100])]],
      entries: ['c', otlp(1)],
    },
    'a short call during a captured stream': {
      captured: [request('c', [0, 5000])],
      exports: [[call(1, [2000, 2300])]],
      entries: ['c', otlp(1)],
    },
    'a call that succeeded beside one that failed': {
      captured: [request('c', [0, 100], failed)],
      exports: [[call(1, [0, 100])]],
      entries: ['c', otlp(1)],
    },
    'a call that failed beside one that succeeded': {
      captured: [request('c', [0, 100], { usage: { prompt_tokens: 100, completion_tokens: 20 } })],
      exports: [[call(1, [0, 100], {}, FAILED)]],
      entries: ['c', otlp(1)],
    },
    'a call that counted other tokens': {
      captured: [request('c', [0, 100], { usage: { prompt_tokens: 90, completion_tokens: 30 } })],
      exports: [[call(1, [0, 100])]],
      entries: ['c', otlp(1)],
    },
    'a call of another provider': {
      captured: [request('c', [0, 100], { provider: 'anthropic' })],
      exports: [[call(1, [0, 100])]],
      entries: ['c', otlp(1)],
    },
    'a call of another provider, within whose span the captured one was made': {
      captured: [request('c', [0, 100], { parent: 1, provider: 'anthropic' })],
      exports: [[call(1, [0, 100])]],
      entries: ['c', otlp(1)],
    },
    'a call of another day of the model': {
      captured: [request('c', [0, 100], { model: 'gpt-4o-2024-08-06' })],
      exports: [[call(1, [0, 95], { 'gen_ai.request.model': 'gpt-4o-2024-11-20' })]],
      entries: ['c', otlp(1)],
    },
    'a call that another day of the model answered': {
      captured: [request('c', [0, 100], { response_model: 'gpt-4o-2024-08-06' })],
      exports: [[call(1, [0, 95], { 'gen_ai.response.model': 'gpt-4o-2024-11-20' })]],
      entries: ['c', otlp(1)],
    },
    'a call whose span names no model, beside a captured one': {
      captured: [request('c', [0, 100])],
      exports: [[call(1, [0, 95], { 'gen_ai.request.model': undefined })]],
      entries: ['c', otlp(1)],
    },
    ...Object.fromEntries(
      ['workflow', 'tool', 'image'].map((type): [string, Row] => [
        `a chat within a request of the type ${type}`,
        {
          captured: [request('c', [0, 100], { request_type: type })],
          exports: [[call(1, [1, 95])]],
          entries: ['c', otlp(1)],
        },
      ]),
    ),
    'calls during one that was tried again elsewhere': {
      captured: [request('c', [0, 4000], { parent: 7, failed_attempts: [{}, {}] })],
      exports: [[call(1, [100, 900], {}, FAILED), call(2, [1000, 1900], {}, FAILED), call(3, [2000, 2900])]],
      entries: ['c', otlp(1), otlp(2), otlp(3)],
    },
    'a call behind one that was tried again within its span': {
      captured: [request('c', [1, 1000], { parent: 1, failed_attempts: [{}] })],
      exports: [[call(1, [0, 1001]), call(2, [1006, 3000])]],
      entries: ['c', otlp(2)],
    },
    'calls that succeeded during one that was tried again': {
      captured: [request('c', [0, 4000], { failed_attempts: [{}, {}] })],
      exports: [[call(1, [5, 900]), call(2, [1000, 1900])]],
      entries: ['c', otlp(1)],
    },
    'failed calls beyond the attempts of a captured one': {
      captured: [request('c', [0, 4000], { failed_attempts: [{}] })],
      exports: [[call(1, [5, 900], {}, FAILED), call(2, [1000, 1900], {}, FAILED), call(3, [2000, 3990])]],
      entries: ['c', otlp(1)],
    },
    'more attempts than any framework makes': {
      captured: [request('c', [0, 4000], { failed_attempts: Array.from({ length: 40 }, () => ({})) })],
      exports: [Array.from({ length: 12 }, (_, at) => call(at + 20, [at * 100, at * 100 + 90], {}, FAILED))],
      entries: ['c', otlp(30), otlp(31)],
    },
    'a captured call in the tool of a call': {
      captured: [request('c', [20, 90], { parent: 7 })],
      exports: [
        [span(7, { 'gen_ai.operation.name': 'execute_tool' }, below(1, times([10, 95]))), call(1, [0, 100])],
      ],
      entries: ['c', otlp(1)],
    },
    'a captured call in an agent beneath a call': {
      captured: [request('c', [20, 90], { parent: 7 })],
      exports: [
        [span(7, { 'gen_ai.operation.name': 'invoke_agent' }, below(1, times([10, 95]))), call(1, [0, 100])],
      ],
      entries: ['c', otlp(1)],
    },
    'a call outside any span': {
      captured: [request('c', [1, 90], { metadata: undefined })],
      exports: [[call(1, [0, 95])]],
      entries: ['c', otlp(1)],
    },
  })
})

test('after a restart the same stay, whatever is exported again', async () => {
  const own = await openTestLedger()
  await own.ledger.logLLMRequest(own.entry(request('c', [0, 100])))
  for (const spans of [PARALLEL, [PARALLEL[1]], [PARALLEL[0]], PARALLEL]) {
    await receiverOf(own).receive(exported(own, spans))
    await expectEntries(own, ['c', otlp(2)])
  }
})

test('a request of another project is another', async () => {
  const own = await openTestLedger()
  const other = await own.ledger.createProject({ name: 'Other' })
  await own.ledger.logLLMRequest({ ...own.entry(request('c', [0, 95])), project_id: other.id })
  await receiverOf(own).receive(exported(own, [call(1, [1, 90])]))
  expect((await own.ledger.getStats({ type: 'global' })).summary.totalRequests).toBe(2)
})

test('exports at once of one project find one request once', async () => {
  const own = await openTestLedger()
  await own.ledger.logLLMRequest(own.entry(request('c', [0, 100])))
  const receiver = receiverOf(own)
  await Promise.all(PARALLEL.map((one) => receiver.receive(exported(own, [one]))))
  await Promise.all(PARALLEL.map((one) => receiver.receive(exported(own, [one]))))
  expect(new Set(own.lines().map(({ id }) => id)).size).toBe(2)
})

describe('a span that comes before the request is written', () => {
  const short: Times = [9_900, 9_905]
  const written = request('c', [9_901, 9_904], { parent: 1, ...failed })
  const received = async (own: TestLedger, now: number, at: Times, one: Captured, pause: number) => {
    const clock = stoppedClock(ZERO + now, async (number) => {
      if (number === pause) await own.ledger.logLLMRequest(own.entry(one))
    })
    const receiver = new TraceReceiver(own.ledger, {}, clock)
    await receiver.receive(exported(own, [call(1, at, {}, FAILED)]))
    return { clock, receiver }
  }

  test('waits for the line that a call begins with', async () => {
    const own = await openTestLedger()
    const { clock } = await received(own, 9_906, short, written, 2)
    expect(clock.pauses).toBe(2)
    await expectEntries(own, ['c'])
  })

  test('waits for the end of the request that it seems to be', async () => {
    const own = await openTestLedger()
    await own.ledger.logLLMRequest(own.entry(request('c', [9_000])))
    const over = request('c', [9_000, 9_904], failed)
    const { clock } = await received(own, 9_906, [9_000, 9_905], over, 2)
    expect(clock.pauses).toBe(2)
    await expectEntries(own, ['c'])
  })

  test.each([
    ['within the span', 1, ['c']],
    ['beside it', 9, ['c', otlp(1)]],
  ])(
    'waits a second for it at most, as where the capture reads a stream on: %s',
    async (_name, parent, entries) => {
      const own = await openTestLedger()
      await own.ledger.logLLMRequest(own.entry(request('c', [9_000], { parent })))
      const { clock } = await received(own, 9_906, [9_000, 9_905], written, 99)
      expect(clock.pauses).toBe(10)
      await expectEntries(own, entries)
    },
  )

  test('waits a second where captures are known: another call of the trace may be the one that is there', async () => {
    const own = await openTestLedger()
    await own.ledger.logLLMRequest(own.entry(request('d', [0, 100])))
    const clock = stoppedClock(END + 5, async (number) => {
      if (number === 8) await own.ledger.logLLMRequest(own.entry(request('c', [9_000, 9_999])))
    })
    const receiver = new TraceReceiver(own.ledger, {}, clock)
    await receiver.receive(exported(own, [call(1, [0, 100])]))
    await receiver.receive(exported(own, [call(2, [9_000, 10_000])]))
    expect(clock.pauses).toBe(8)
    await expectEntries(own, ['c', 'd'])
  })
})

test('waits a second for flush() at most, as where a capture reads an answer that has stalled', async () => {
  const own = await openTestLedger()
  await own.ledger.logLLMRequest(own.entry(request('c', [9_901, 9_990], { parent: 1 })))
  const flush = () => new Promise<void>(() => undefined)
  const ledger = new Proxy(own.ledger, {
    get: (target, name) => (name === 'flush' ? flush : Reflect.get(target, name)),
  })
  const waited: number[] = []
  const clock = { ...stoppedClock(END + 5), atMost: async (ms: number) => waited.push(ms) }
  await new TraceReceiver(ledger, {}, clock).receive(exported(own, [call(1, [9_900, 9_995])]))
  expect(waited).toEqual([1_000])
  await expectEntries(own, ['c'])
})
