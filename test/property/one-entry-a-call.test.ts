/**
 * The law of spans and captures: however exports are cut, ordered and repeated, whenever captures write their lines, and
 * whatever the calls have in common, there are as many entries as calls, when each has a span and some are captured.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TraceReceiver } from '../../src/capture/otlp/index.js'
import { openTestLedger, readLogLines } from '../fixtures/open-test-ledger.js'
import { type AnySpan, below, chat, exportOf, spanId } from '../otlp/spans.js'
import { END } from '../otlp/stopped-clock.js'

const ZERO = END - 60_000
const RUNS = 150

const calls = fc.array(
  fc.record({
    trace: fc.constantFrom('a'.repeat(32), 'b'.repeat(32)),
    from: fc.nat(300),
    lasts: fc.nat(200),
    model: fc.constantFrom('gpt-4o', 'gpt-4o-mini'),
    /** Where the capture is: within the span, around it, or around it with further spans between. */
    capture: fc.constantFrom('none', 'within', 'around', 'further'),
    /** How many ms the inner one begins later and ends earlier. */
    late: fc.nat(3),
    early: fc.nat(3),
    hasId: fc.boolean(),
    /** How many ms after its beginning and its end its lines are written. */
    firstLine: fc.nat(100),
    lastLine: fc.nat(800),
    /** Which export brings its span. */
    sentIn: fc.nat(3),
  }),
  { minLength: 1, maxLength: 8 },
)
type Call = ReturnType<typeof calls.generate>['value'][number]

interface Interval {
  readonly from: number
  readonly to: number
}

function intervals({ from, lasts, late, early, capture }: Call): { span: Interval; request: Interval } {
  const outer = { from, to: from + lasts + late + early }
  const inner = { from: from + late, to: from + late + lasts }
  return capture === 'within' ? { span: outer, request: inner } : { span: inner, request: outer }
}

function spanOf(call: Call, at: number): AnySpan {
  const { from, to } = intervals(call).span
  const attributes = {
    'gen_ai.request.model': call.model,
    ...(call.hasId ? { 'gen_ai.response.id': `answer-${at}` } : {}),
  }
  return chat(at + 1, attributes, {
    ...below(call.capture === 'further' ? 101 : 100),
    traceId: call.trace,
    startTimeUnixNano: `${ZERO + from}000000`,
    endTimeUnixNano: `${ZERO + to}000000`,
  })
}

function requestOf(call: Call, at: number, isOver: boolean): Record<string, unknown> {
  const { from, to } = intervals(call).request
  return {
    id: `captured-${at}`,
    model: call.model,
    status: isOver ? 'success' : 'pending',
    timestamp_start: new Date(ZERO + from).toISOString(),
    ...(isOver ? { timestamp_end: new Date(ZERO + to).toISOString() } : {}),
    ...(isOver && call.hasId ? { response_id: `answer-${at}` } : {}),
    metadata: { trace_id: call.trace, parent_span_id: spanId(call.capture === 'within' ? at + 1 : 100) },
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

test('as many entries as calls', async () => {
  const own = await openTestLedger()
  let runs = 0
  await fc.assert(
    fc.asyncProperty(calls, fc.nat(2_000), fc.boolean(), async (made, delay, restarts) => {
      runs += 1
      const project = await own.ledger.createProject({ name: `Run ${runs}` })
      const log = (call: Call, at: number, isOver: boolean) => () =>
        own.ledger.logLLMRequest({ ...own.entry(requestOf(call, at, isOver)), project_id: project.id })
      const lines = made.flatMap((call, at): Due[] => {
        if (call.capture === 'none') return []
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
        const sent = made.flatMap((call, at) => (call.sentIn === round ? [{ call, at }] : []))
        // Once the last of them has ended.
        await time.goOn(Math.max(...sent.map(({ call }) => ZERO + intervals(call).span.to)) + delay)
        await receiver.receive(
          exportOf(
            sent.map(({ call, at }) => spanOf(call, at)),
            { 'ledgerline.project_id': project.id },
          ),
        )
      }
      const ids = () => new Set(readLogLines(project).map(({ id }) => id))
      for (const round of [0, 1, 2, 3]) await send(round)
      await time.wait(10_000)
      expect(ids().size).toBe(made.length)
      if (restarts) receiver = new TraceReceiver(own.ledger, {}, time)
      for (const round of [2, 3, 0, 1]) await send(round)
      expect(ids().size).toBe(made.length)
    }),
    { numRuns: RUNS },
  )
})
