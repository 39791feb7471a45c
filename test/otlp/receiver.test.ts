import { describe, expect, test } from 'vitest'
import { type ReceiverOptions, TraceReceiver } from '../../src/capture/otlp/index.js'
import { openLedger } from '../../src/index.js'
import { openTestLedger, QUIET, type TestLedger } from '../fixtures/open-test-ledger.js'
import { chat, exportOf, type Values } from './spans.js'
import { ANSWERED, END, stoppedClock, TIMES } from './stopped-clock.js'

const requestOf = ({ project }: TestLedger, attributes: Values = ANSWERED, number = 1) =>
  exportOf([chat(number, attributes, TIMES)], { 'ledgerline.project_id': project.id })

/** The line that a capture writes of the same call. */
const captured = ({ entry }: TestLedger, more: object = {}) =>
  entry({
    id: 'captured',
    status: 'success',
    timestamp_start: new Date(END - 990).toISOString(),
    timestamp_end: new Date(END + 3).toISOString(),
    response_id: 'chatcmpl-1',
    usage: { prompt_tokens: 100, completion_tokens: 20 },
    ...more,
  })

describe('a call that a capture logged too is one entry', () => {
  test('when the capture was first', async () => {
    const own = await openTestLedger()
    await own.ledger.logLLMRequest(captured(own))
    const receipt = await new TraceReceiver(own.ledger, {}, stoppedClock(END)).receive(requestOf(own))
    expect(receipt).toEqual({ rejectedSpans: 0, errorMessage: '' })
    expect(ids(own)).toEqual(['captured'])
  })

  test('when the span was first: it waits for the line of a call that ended just now', async () => {
    const own = await openTestLedger()
    const clock = stoppedClock(END + 5, async (pause) => {
      if (pause === 3) await own.ledger.logLLMRequest(captured(own))
    })
    await new TraceReceiver(own.ledger, {}, clock).receive(requestOf(own))
    expect(ids(own)).toEqual(['captured'])
    expect(clock.pauses).toBe(3)
  })

  test('when another process captured it', async () => {
    const own = await openTestLedger()
    await using other = await openLedger({ workspace: own.workspace, systemLog: QUIET })
    const receiver = new TraceReceiver(other, {}, stoppedClock(END + 60_000))
    await receiver.receive(requestOf(own, { 'gen_ai.response.id': 'before' }, 7))
    await own.ledger.logLLMRequest(captured(own))
    await receiver.receive(requestOf(own))
    const { summary } = await own.ledger.getStats({ type: 'global' })
    expect(summary.totalRequests).toBe(2)
  })

  test('when the capture began it with a pending line', async () => {
    const own = await openTestLedger()
    const handle = await own.ledger.startLLMRequest(
      captured(own, { status: 'pending', response_id: undefined }),
    )
    await handle.complete({ response_id: 'chatcmpl-1', timestamp_end: new Date(END).toISOString() })
    await new TraceReceiver(own.ledger, {}, stoppedClock(END + 5)).receive(requestOf(own))
    expect(new Set(ids(own))).toEqual(new Set(['captured']))
  })

  test('when two libraries told of it in two exports', async () => {
    const own = await openTestLedger()
    const receiver = new TraceReceiver(own.ledger, {}, stoppedClock(END + 60_000))
    await Promise.all([receiver.receive(requestOf(own)), receiver.receive(requestOf(own, ANSWERED, 2))])
    expect(ids(own)).toHaveLength(1)
  })
})

describe('a call that nobody else logged', () => {
  test.each([
    ['with an answer', ANSWERED],
    ['without one', {}],
  ])('%s is logged a second after its end', async (_name, attributes) => {
    const own = await openTestLedger()
    const clock = stoppedClock(END + 5)
    await new TraceReceiver(own.ledger, {}, clock).receive(requestOf(own, attributes))
    expect(clock.now()).toBeGreaterThanOrEqual(END + 1000)
    expect(clock.now()).toBeLessThan(END + 1200)
    expect(ids(own)).toHaveLength(1)
  })

  test('that ended long ago waits for nobody', async () => {
    const own = await openTestLedger()
    const clock = stoppedClock(END + 60_000)
    await new TraceReceiver(own.ledger, {}, clock).receive(requestOf(own))
    expect(clock.pauses).toBe(0)
    expect(ids(own)).toHaveLength(1)
  })

  test('waits a tenth of a second where eight others wait already', async () => {
    const own = await openTestLedger()
    let release = (): void => undefined
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    let reach = (): void => undefined
    const reached = new Promise<void>((resolve) => {
      reach = resolve
    })
    const clock = stoppedClock(END + 5, async (pause) => {
      if (pause === 8) reach()
      if (pause <= 8) await released
    })
    const receiver = new TraceReceiver(own.ledger, {}, clock)
    const others = Array.from({ length: 8 }, (_, at) => receiver.receive(requestOf(own, {}, at + 2)))
    await reached
    await receiver.receive(requestOf(own, {}, 1))
    expect(clock.pauses).toBe(8)
    expect(ids(own)).toHaveLength(1)
    release()
    await Promise.all(others)
    expect(ids(own)).toHaveLength(9)
  })

  test('that ends in the future, by its own clock, waits a second at most', async () => {
    const own = await openTestLedger()
    const clock = stoppedClock(END - 3_600_000)
    await new TraceReceiver(own.ledger, {}, clock).receive(requestOf(own))
    expect(clock.pauses).toBeLessThanOrEqual(11)
    expect(ids(own)).toHaveLength(1)
  })

  test('with an answer id that another call an hour ago had is one of its own', async () => {
    const own = await openTestLedger()
    const hourAgo = (ms: number) => new Date(ms - 3_600_000).toISOString()
    await own.ledger.logLLMRequest(
      captured(own, { timestamp_start: hourAgo(END - 990), timestamp_end: hourAgo(END) }),
    )
    await new TraceReceiver(own.ledger, {}, stoppedClock(END + 5000)).receive(requestOf(own))
    expect(ids(own)).toHaveLength(2)
  })
})

describe('the options', () => {
  const received = async (
    own: TestLedger,
    options: ReceiverOptions,
    attributes: Values,
    resource: Values = {},
  ) =>
    new TraceReceiver(own.ledger, options, stoppedClock(END + 5000)).receive(
      exportOf([chat(1, attributes, TIMES)], resource),
    )

  test('a project for spans that name none, by its slug', async () => {
    const own = await openTestLedger()
    await received(own, { project: 'test' }, {})
    expect(own.lines()).toMatchObject([{ project_id: own.project.id, chat_id: 'otlp' }])
  })

  test('one that is not there is told', async () => {
    const own = await openTestLedger()
    await expect(received(own, { project: 'nobody' }, {})).rejects.toMatchObject({
      code: 'PROJECT_NOT_FOUND',
    })
  })

  test('projects are made where the option says so, each once', async () => {
    const own = await openTestLedger()
    const receiver = new TraceReceiver(own.ledger, { createProjects: true }, stoppedClock(END + 5000))
    const named = (number: number, name: string) =>
      exportOf([chat(number, {}, TIMES)], { 'service.name': name, 'session.id': 's' })
    await Promise.all([1, 2, 3].map((number) => receiver.receive(named(number, 'billing.api/v2'))))
    const again = new TraceReceiver(own.ledger, { createProjects: true }, stoppedClock(END + 5000))
    await again.receive(named(4, 'billing.api/v2'))
    const projects = await own.ledger.listProjects()
    expect(projects.map(({ name }) => name).sort()).toEqual(['Test', 'billing-api-v2'])
    const made = projects.find(({ slug }) => slug === 'billing-api-v2')
    const { summary } = await own.ledger.getStats({ type: 'project', projectId: made?.id ?? '' })
    expect(summary.totalRequests).toBe(4)
  })

  test('of ten spans with one without a project nine are logged', async () => {
    const own = await openTestLedger()
    const spans = Array.from({ length: 10 }, (_, at) =>
      chat(at + 1, at === 0 ? {} : { 'ledgerline.project_id': 'test' }, TIMES),
    )
    const receiver = new TraceReceiver(own.ledger, {}, stoppedClock(END + 5000))
    expect(await receiver.receive(exportOf(spans))).toEqual({
      rejectedSpans: 1,
      errorMessage: 'refused: nothing names its project (1)',
    })
    expect(ids(own)).toHaveLength(9)
  })
})

function ids({ lines }: TestLedger): unknown[] {
  return lines().map(({ id }) => id)
}
