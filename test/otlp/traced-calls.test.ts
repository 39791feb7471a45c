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
    'a call that the capture saw given up after the span': {
      captured: [request('c', [12, 14], failed)],
      exports: [[call(1, [0, 10], {}, FAILED)]],
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
      captured: [request('c', [1])],
      exports: [[openInference(1, [0, 95], 'openai/gpt-4o-2024-08-06')]],
      entries: ['c'],
    },
    'a call whose span names no model': {
      captured: [request('c', [1, 90])],
      exports: [[call(1, [0, 95], { 'gen_ai.request.model': undefined })]],
      entries: ['c'],
    },
    'a call that is pending': {
      captured: [request('c', [1])],
      exports: [[call(1, [0, 95], { 'gen_ai.response.id': 'chatcmpl-1' })]],
      entries: ['c'],
    },
    'a call whose span ends before its stream': {
      captured: [request('c', [1, 5000], { response_id: 'chatcmpl-1' })],
      exports: [[call(1, [0, 95])]],
      entries: ['c'],
    },
    'a call between whose span and the capture other spans lie': {
      captured: [request('c', [0, 95], { parent: 7 })],
      exports: [[openInference(1, [1, 90])]],
      entries: ['c'],
    },
    'a call in whose span two libraries have spans': {
      captured: [request('c', [2, 90], { parent: 1 })],
      exports: [[call(2, [1, 93], {}, below(1)), call(1, [0, 95])]],
      entries: ['c'],
    },
    'a request that was logged by hand, with its trace in capitals': {
      captured: [request('c', [0, 95], { metadata: { trace_id: TRACE.toUpperCase(), team: 'red' } })],
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
      entries: ['c', otlp(1)],
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
      entries: ['c', otlp(1)],
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

  test('waits no longer where nothing was ever captured', async () => {
    const own = await openTestLedger()
    const { clock } = await received(own, 9_906, short, written, 99)
    expect(clock.now()).toBeLessThanOrEqual(ZERO + 9_900 + 300)
    await expectEntries(own, [otlp(1)])
  })

  test('waits for the end of the request that it seems to be', async () => {
    const own = await openTestLedger()
    await own.ledger.logLLMRequest(own.entry(request('c', [9_000])))
    const over = request('c', [9_000, 9_904], failed)
    const { clock } = await received(own, 9_906, [9_000, 9_905], over, 2)
    expect(clock.pauses).toBe(2)
    await expectEntries(own, ['c'])
  })

  test('waits a second for it at most, as where the capture reads a stream on', async () => {
    const own = await openTestLedger()
    await own.ledger.logLLMRequest(own.entry(request('c', [9_000])))
    const { clock } = await received(own, 9_906, [9_000, 9_905], written, 99)
    expect(clock.pauses).toBe(10)
    await expectEntries(own, ['c'])
  })

  test('waits for nothing that has begun after it', async () => {
    const own = await openTestLedger()
    const { clock } = await received(own, 9_906, [9_000, 9_905], written, 99)
    expect(clock.pauses).toBe(0)
    await expectEntries(own, [otlp(1)])
  })

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

test('what lost its request to a surer span is logged later, when the disk refuses now', async () => {
  const own = await openTestLedger()
  await own.ledger.logLLMRequest(own.entry(WITHIN_SECOND))
  let refuses = false
  const ledger = new Proxy(own.ledger, {
    get: (target, name) =>
      name === 'logLLMRequest' && refuses
        ? () => Promise.reject(new Error('the disk is full'))
        : Reflect.get(target, name),
  })
  const receiver = new TraceReceiver(ledger, {}, stoppedClock(END + 60_000))
  await receiver.receive(exported(own, [PARALLEL[0]]))
  await expectEntries(own, ['c'])
  refuses = true
  await expect(receiver.receive(exported(own, [PARALLEL[1]]))).rejects.toThrow('the disk is full')
  refuses = false
  await receiver.receive(exported(own, [PARALLEL[1]]))
  await expectEntries(own, ['c', otlp(1)])
})
