/**
 * The laws of spans and captures: however exports are cut, ordered and repeated, and whenever captures write their lines,
 * no entry is missing; and none is too much where each captured call stands within its span or begins and ends with it.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TraceReceiver } from '../../src/capture/otlp/index.js'
import { openTestLedger, readLogLines } from '../fixtures/open-test-ledger.js'
import { type AnySpan, below, chat, exportOf, span, spanId } from '../otlp/spans.js'
import { END } from '../otlp/stopped-clock.js'

const ZERO = END - 60_000
const RUNS = 150
const ROUNDS = [0, 1, 2, 3] as const
const USAGE = { prompt_tokens: 100, completion_tokens: 20 }

interface Ranges {
  /** How many ms apart calls begin that begin together, and how long they last. */
  readonly from: fc.Arbitrary<number>
  readonly lasts: fc.Arbitrary<number>
  readonly parent: fc.Arbitrary<number>
}

const callOf = ({ from, lasts, parent }: Ranges) =>
  fc.record({
    trace: fc.constantFrom('a'.repeat(32), 'a'.repeat(32), 'b'.repeat(32)),
    /** Calls of different slots begin far from each other; those that last long are still under way. */
    slot: fc.nat(2),
    from,
    lasts,
    parent,
    model: fc.constantFrom('gpt-4o', 'gpt-4o', 'gpt-4o-mini'),
    /** Who tells of it: a span, a capture within the span, below an HTTP client in it, around the span, or without one. */
    told: fc.constantFrom('span', 'capture', 'span', 'capture', 'within', 'http', 'around'),
    /** How many ms the inner one begins later and ends earlier. */
    late: fc.nat(3),
    early: fc.nat(3),
    hasFailed: fc.boolean(),
    hasId: fc.boolean(),
    /** How many ms after its beginning and its end its lines are written. */
    firstLine: fc.nat(100),
    lastLine: fc.nat(800),
    /** Which export brings its span, and which that of its HTTP client. */
    sentIn: fc.nat(3),
    httpIn: fc.nat(3),
  })
type Call = ReturnType<ReturnType<typeof callOf>['generate']>['value']

/** Where a call with a span alone and one with a capture alone begin together in one span, they cannot be told from one. */
function tellApart(calls: readonly Call[]): Call[] {
  const kinds = new Map<string, Call['told']>()
  return calls.map((call) => {
    if (call.told !== 'span' && call.told !== 'capture') return call
    const key = `${call.trace} ${call.parent} ${call.slot}`
    const told = kinds.get(key) ?? call.told
    kinds.set(key, told)
    return { ...call, told }
  })
}

interface Interval {
  readonly from: number
  readonly to: number
}

function intervals({ slot, from, lasts, late, early, told }: Call): { span: Interval; request: Interval } {
  const begins = slot * 1000 + from
  const outer = { from: begins, to: begins + lasts + late + early }
  const inner = { from: begins + late, to: begins + late + lasts }
  return told === 'around' ? { span: inner, request: outer } : { span: outer, request: inner }
}

const timesOf = ({ from, to }: Interval) => ({
  startTimeUnixNano: `${ZERO + from}000000`,
  endTimeUnixNano: `${ZERO + to}000000`,
})

function spansIn(round: number, call: Call, at: number): AnySpan[] {
  const spans: AnySpan[] = []
  const traceId = call.trace
  if (call.told === 'http' && call.httpIn === round) {
    spans.push(span(at + 51, {}, { ...below(at + 1), traceId, ...timesOf(intervals(call).request) }))
  }
  if (call.told !== 'capture' && call.sentIn === round) spans.push(spanOf(call, at))
  return spans
}

function spanOf(call: Call, at: number): AnySpan {
  const attributes = {
    'gen_ai.request.model': call.model,
    ...(call.hasId && !call.hasFailed ? { 'gen_ai.response.id': `answer-${at}` } : {}),
    ...(call.hasFailed
      ? { 'gen_ai.usage.input_tokens': undefined, 'gen_ai.usage.output_tokens': undefined }
      : {}),
  }
  return chat(at + 1, attributes, {
    ...below(call.parent),
    traceId: call.trace,
    ...timesOf(intervals(call).span),
    ...(call.hasFailed ? { status: { code: 2 } } : {}),
  })
}

function requestOf(call: Call, at: number, isOver: boolean): Record<string, unknown> {
  const { from, to } = intervals(call).request
  const parents: Partial<Record<Call['told'], number>> = { within: at + 1, http: at + 51 }
  const outcome = call.hasFailed
    ? { status: 'error', error: { code: 'rate_limited', message: 'Slow down' } }
    : { status: 'success', usage: USAGE, ...(call.hasId ? { response_id: `answer-${at}` } : {}) }
  return {
    id: `captured-${at}`,
    model: call.model,
    timestamp_start: new Date(ZERO + from).toISOString(),
    ...(isOver ? { ...outcome, timestamp_end: new Date(ZERO + to).toISOString() } : { status: 'pending' }),
    metadata: { trace_id: call.trace, parent_span_id: spanId(parents[call.told] ?? call.parent) },
  }
}

/** A line that a capture writes, when it is due. */
interface Due {
  readonly atMs: number
  readonly write: () => Promise<unknown>
}

/** Time goes on while the receiver waits, and when an export comes. */
class Time {
  #now = ZERO
  readonly #due: Due[]

  constructor(due: readonly Due[]) {
    this.#due = due.toSorted((a, b) => a.atMs - b.atMs)
  }

  now(): number {
    return this.#now
  }

  async atMost(_ms: number, work: Promise<unknown>): Promise<void> {
    await work
  }

  async wait(ms: number): Promise<void> {
    await this.goOn(this.#now + ms)
  }

  async goOn(toMs: number): Promise<void> {
    this.#now = Math.max(this.#now, toMs)
    for (let [next] = this.#due; next !== undefined && next.atMs <= this.#now; [next] = this.#due) {
      this.#due.shift()
      await next.write()
    }
  }
}

/** The number of entries is checked when all is sent, and when all is sent again, by a server that may have begun anew. */
async function expectLaw(calls: fc.Arbitrary<Call[]>, check: (entries: number, calls: number) => void) {
  const own = await openTestLedger()
  let runs = 0
  await fc.assert(
    fc.asyncProperty(calls, fc.nat(2_000), fc.boolean(), async (made, delay, restarts) => {
      runs += 1
      const project = await own.ledger.createProject({ name: `Run ${runs}` })
      const log = (call: Call, at: number, isOver: boolean) => () =>
        own.ledger.logLLMRequest({ ...own.entry(requestOf(call, at, isOver)), project_id: project.id })
      const lines = made.flatMap((call, at): Due[] => {
        if (call.told === 'span') return []
        const { from, to } = intervals(call).request
        const begins = ZERO + from + call.firstLine
        return [
          { atMs: begins, write: log(call, at, false) },
          { atMs: Math.max(begins, ZERO + to + call.lastLine), write: log(call, at, true) },
        ]
      })
      const time = new Time(lines)
      let receiver = new TraceReceiver(own.ledger, {}, time)
      const send = async (round: number): Promise<void> => {
        const sent = made.flatMap((call, at) => spansIn(round, call, at))
        const ends = sent.map(({ endTimeUnixNano }) => Number(String(endTimeUnixNano).slice(0, -6)))
        // Once the last of them has ended.
        await time.goOn(Math.max(...ends) + delay)
        await receiver.receive(exportOf(sent, { 'ledgerline.project_id': project.id }))
      }
      const count = () => new Set(readLogLines(project).map(({ id }) => id)).size
      for (const round of ROUNDS) await send(round)
      await time.wait(20_000)
      check(count(), made.length)
      if (restarts) receiver = new TraceReceiver(own.ledger, {}, time)
      // Which HTTP client belongs to which call is forgotten then.
      for (const round of restarts ? ROUNDS : [2, 3, 0, 1]) await send(round)
      check(count(), made.length)
    }),
    { numRuns: RUNS },
  )
}

const SEVERAL = { minLength: 1, maxLength: 8 }

test('never fewer entries than calls', async () => {
  const call = callOf({
    from: fc.nat(300),
    lasts: fc.oneof(fc.nat(200), fc.constant(5_000)),
    parent: fc.constantFrom(100, 100, 101),
  })
  await expectLaw(fc.array(call, SEVERAL).map(tellApart), (entries, calls) =>
    expect(entries).toBeGreaterThanOrEqual(calls),
  )
})

test('as many entries as calls, where those that begin together are near in all their times', async () => {
  const call = callOf({
    from: fc.nat(8),
    lasts: fc.oneof(fc.integer({ min: 40, max: 50 }), fc.constant(5_000)),
    parent: fc.constant(100),
  }).map((call) => ({
    ...call,
    parent: call.told === 'around' ? 101 : 100,
    // The spans of HTTP clients end first, and are exported first.
    sentIn: Math.max(call.sentIn, call.httpIn),
  }))
  await expectLaw(fc.array(call, SEVERAL).map(tellApart), (entries, calls) => expect(entries).toBe(calls))
})
