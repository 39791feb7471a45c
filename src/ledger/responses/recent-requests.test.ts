import { appendFileSync, mkdirSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { tempFolder } from '../../../test/fixtures/temp-folder.js'
import { NewLines } from './new-lines.js'
import { RecentRequests } from './recent-requests.js'

const START = '2026-01-31T14:00:00.000Z'

interface Log {
  readonly project: { readonly id: string; readonly logsDir: string }
  readonly active: string
  /** Path of a closed segment with this ending. */
  closed(sequence: number, ending?: string): string
  add(...lines: readonly string[]): void
}

function newLog(): Log {
  const logsDir = join(tempFolder(), 'logs')
  mkdirSync(logsDir)
  const active = join(logsDir, 'llm_requests.jsonl')
  return {
    project: { id: 'p', logsDir },
    active,
    closed: (sequence, ending = '.jsonl') =>
      join(logsDir, `llm_requests.0-${String(sequence).padStart(8, '0')}-20260131T140000000Z${ending}`),
    add: (...lines) => appendFileSync(active, lines.map((line) => `${line}\n`).join('')),
  }
}

function line(id: string, more: object = {}): string {
  return JSON.stringify({ id, status: 'success', timestamp_start: START, ...more })
}

const answered = (id: string, responseId: unknown) => line(id, { response_id: responseId })

async function found(ids: RecentRequests, log: Log, ...asked: readonly string[]): Promise<object> {
  const known = await ids.byResponse(log.project, asked)
  return Object.fromEntries([...known].map(([responseId, { id }]) => [responseId, id]))
}

test('what was there before, and what is added, is found; the latest entry of an answer counts', async () => {
  const log = newLog()
  const ids = new RecentRequests()
  expect(await found(ids, log, 'a')).toEqual({})
  log.add(answered('1', 'a'), line('2'), answered('3', 'b'))
  expect(await found(ids, log, 'a', 'b', 'c')).toEqual({ a: '1', b: '3' })
  log.add(answered('4', 'a'))
  expect(await found(ids, log, 'a')).toEqual({ a: '4' })
})

test('its times are those of the entry, without an end the start', async () => {
  const log = newLog()
  log.add(
    line('1', { response_id: 'a', timestamp_end: '2026-01-31T14:00:01.500Z' }),
    line('2', { response_id: 'b' }),
  )
  const known = await new RecentRequests().byResponse(log.project, ['a', 'b'])
  const startMs = Date.parse(START)
  expect(known.get('a')).toEqual({ id: '1', startMs, endMs: startMs + 1500 })
  expect(known.get('b')).toEqual({ id: '2', startMs, endMs: startMs })
})

test('a line is read once it is whole', async () => {
  const log = newLog()
  const ids = new RecentRequests()
  const whole = answered('1', 'a')
  appendFileSync(log.active, whole.slice(0, 30))
  expect(await found(ids, log, 'a')).toEqual({})
  appendFileSync(log.active, `${whole.slice(30)}\n`)
  expect(await found(ids, log, 'a')).toEqual({ a: '1' })
})

test.each([
  ['as it is', (log: Log) => renameSync(log.active, log.closed(1))],
  [
    'and compressed',
    (log: Log) => {
      writeFileSync(log.closed(1, '.jsonl.gz'), gzipSync(`${answered('1', 'a')}\n${answered('2', 'b')}\n`))
      renameSync(log.active, join(log.project.logsDir, 'gone'))
    },
  ],
])('a file that was closed between two looks, %s, is read to its end', async (_name, close) => {
  const log = newLog()
  const ids = new RecentRequests()
  log.add(answered('1', 'a'))
  await found(ids, log)
  log.add(answered('2', 'b'))
  close(log)
  log.add(answered('3', 'c'))
  expect(await found(ids, log, 'a', 'b', 'c')).toEqual({ a: '1', b: '2', c: '3' })
  log.add(answered('4', 'd'))
  expect(await found(ids, log, 'd')).toEqual({ d: '4' })
})

test('a file that was cut off is read anew', async () => {
  const log = newLog()
  const ids = new RecentRequests()
  log.add(answered('1', 'a'), answered('2', 'b'))
  await found(ids, log)
  truncateSync(log.active, 0)
  log.add(answered('3', 'c'))
  expect(await found(ids, log, 'c')).toEqual({ c: '3' })
})

test('damage, other types and endless ids are passed over', async () => {
  const log = newLog()
  log.add('{"response_id":', '\u0000', answered('1', 7), answered('2', ''), answered('3', 'x'.repeat(257)))
  log.add(line('4', { metadata: { response_id: 'inside' } }), answered('5', '__proto__'))
  expect(await found(new RecentRequests(), log, 'inside', 'x'.repeat(257), '__proto__', '')).toEqual(
    Object.fromEntries([['__proto__', '5']]),
  )
})

test('only the latest ids are remembered', async () => {
  const log = newLog()
  const ids = new RecentRequests(2)
  log.add(answered('1', 'a'), answered('2', 'b'), answered('3', 'a'), answered('4', 'c'))
  expect(await found(ids, log, 'a', 'b', 'c')).toEqual({ a: '3', c: '4' })
})

test('of large files the end is read at the first look', async () => {
  const log = newLog()
  const last = answered('2', 'b')
  log.add(answered('1', 'a'), last)
  const seen: string[] = []
  await new NewLines(log.project.logsDir, { bytes: last.length + 5 }).read(['"response_id"'], ({ id }) => {
    seen.push(id)
  })
  expect(seen).toEqual(['2'])
})

test('projects are told apart', async () => {
  const [one, other] = [newLog(), newLog()]
  const ids = new RecentRequests()
  one.add(answered('1', 'a'))
  expect(await found(ids, one, 'a')).toEqual({ a: '1' })
  expect(await found(ids, { ...other, project: { ...other.project, id: 'q' } }, 'a')).toEqual({})
})

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const OTHER = 'ffffffffffffffffffffffffffffffff'
const traced = (id: string, more: object = {}, trace: unknown = TRACE, metadata: object = {}) =>
  line(id, { model: 'gpt-4o', request_type: 'chat', metadata: { trace_id: trace, ...metadata }, ...more })

async function inTrace(recent: RecentRequests, log: Log, trace = TRACE): Promise<string[]> {
  const found = await recent.byTrace(log.project, [trace])
  return (found.get(trace) ?? []).map(({ id }) => id)
}

describe('requests of a trace', () => {
  test('are found, oldest first, and only those of the traces that are asked for', async () => {
    const log = newLog()
    const recent = new RecentRequests()
    log.add(traced('1'), traced('2', {}, OTHER), line('3'), traced('4', {}, TRACE.toUpperCase()))
    expect(await inTrace(recent, log)).toEqual(['1', '4'])
    log.add(traced('5'))
    const found = await recent.byTrace(log.project, [TRACE, OTHER, 'a'.repeat(32)])
    expect([...found.keys()]).toEqual([TRACE, OTHER])
    expect(await inTrace(recent, log)).toEqual(['1', '4', '5'])
  })

  test('say what tells their call from others, in their latest state', async () => {
    const log = newLog()
    const recent = new RecentRequests()
    const startMs = Date.parse(START)
    const parent = { parent_span_id: 'b7ad6b7169203331' }
    const provider = 'openai'
    log.add(traced('1', { status: 'pending', provider }, TRACE, parent))
    const begun = {
      id: '1',
      model: 'gpt-4o',
      provider: 'openai',
      requestType: 'chat',
      startMs,
      parentSpanId: parent.parent_span_id,
    }
    expect((await recent.byTrace(log.project, [TRACE])).get(TRACE)).toEqual([
      {
        ...begun,
        status: 'pending',
        endMs: undefined,
        responseId: undefined,
        responseModel: undefined,
        attempts: 1,
        usage: undefined,
      },
    ])
    const told = {
      provider,
      response_id: 'a',
      response_model: 'gpt-4o-2024-08-06',
      failed_attempts: [{}, {}],
      usage: { prompt_tokens: 7, completion_tokens: 3 },
      usage_source: 'provider',
    }
    log.add(traced('1', { ...told, timestamp_end: '2026-01-31T14:00:01.500Z' }, TRACE, parent))
    expect((await recent.byTrace(log.project, [TRACE])).get(TRACE)).toEqual([
      {
        ...begun,
        status: 'success',
        endMs: startMs + 1500,
        responseId: 'a',
        responseModel: 'gpt-4o-2024-08-06',
        attempts: 3,
        usage: { prompt: 7, completion: 3 },
      },
    ])
  })

  test.each([
    ['estimated', { usage: { prompt_tokens: 7, completion_tokens: 3 }, usage_source: 'heuristic' }],
    ['given in part', { usage: { prompt_tokens: 7 }, usage_source: 'provider' }],
  ])('tell no tokens that were %s', async (_name, more) => {
    const log = newLog()
    log.add(traced('1', more))
    const found = await new RecentRequests().byTrace(log.project, [TRACE])
    expect(found.get(TRACE)).toMatchObject([{ usage: undefined }])
  })

  test('come in the order in which they began, whichever line was the last', async () => {
    const log = newLog()
    const later = { timestamp_start: '2026-01-31T14:00:01.000Z' }
    log.add(traced('1', { status: 'pending' }), traced('2', later), traced('1'))
    expect(await inTrace(new RecentRequests(), log)).toEqual(['1', '2'])
  })

  test('a tenth of them goes at once', async () => {
    const log = newLog()
    const recent = new RecentRequests(20)
    log.add(...Array.from({ length: 21 }, (_, at) => traced(String(at))))
    expect(await inTrace(recent, log)).toHaveLength(18)
    log.add(...['a', 'b'].map((id) => traced(id)))
    expect(await inTrace(recent, log)).toHaveLength(20)
  })

  test.each([
    ['a trace that is none', traced('1', {}, 'mine')],
    ['a trace of zeros', traced('1', {}, '0'.repeat(32))],
    ['a trace that is a number', traced('1', {}, 7)],
    ['metadata that is a text', line('1', { metadata: `"trace_id":"${TRACE}"` })],
    ['a trace elsewhere', line('1', { trace_id: TRACE, params: { metadata: { trace_id: TRACE } } })],
  ])('%s is passed over', async (_name, text) => {
    const log = newLog()
    log.add(text)
    expect(await inTrace(new RecentRequests(), log)).toEqual([])
  })

  test('with fields of other types are taken as far as they go', async () => {
    const log = newLog()
    log.add(
      traced('1', { model: 7, request_type: null, response_id: [], failed_attempts: 'no', timestamp_end: 1 }),
    )
    expect((await new RecentRequests().byTrace(log.project, [TRACE])).get(TRACE)).toMatchObject([
      { id: '1', model: '7', attempts: 1, responseId: undefined, endMs: Date.parse(START) },
    ])
  })

  test('are remembered up to a bound, the traces that were added to last', async () => {
    const log = newLog()
    const recent = new RecentRequests(3)
    const third = 'e'.repeat(32)
    log.add(traced('1'), traced('2'), traced('3', {}, OTHER), traced('4'), traced('5', {}, third))
    expect(await inTrace(recent, log)).toEqual([])
    expect(await inTrace(recent, log, OTHER)).toEqual([])
    expect(await inTrace(recent, log, third)).toEqual(['5'])
    log.add(...['6', '7', '8', '9'].map((id) => traced(id)))
    expect(await inTrace(recent, log)).toEqual(['7', '8', '9'])
  })

  test('are read once for both questions', async () => {
    const log = newLog()
    const recent = new RecentRequests()
    log.add(traced('1', { response_id: 'a' }))
    expect(await found(recent, log, 'a')).toEqual({ a: '1' })
    truncateSync(log.active, 0)
    expect(await inTrace(recent, log)).toEqual(['1'])
  })

  test('share a reading with all that ask before it begins', async () => {
    const log = newLog()
    const recent = new RecentRequests()
    log.add(traced('1', { response_id: 'a' }))
    const readings = vi.spyOn(NewLines.prototype, 'read')
    onTestFinished(() => readings.mockRestore())
    const [first, named, second] = await Promise.all([
      inTrace(recent, log),
      found(recent, log, 'a'),
      inTrace(recent, log),
    ])
    expect([first, named, second]).toEqual([['1'], { a: '1' }, ['1']])
    expect(readings).toHaveBeenCalledTimes(1)
    log.add(traced('2'))
    expect(await inTrace(recent, log)).toEqual(['1', '2'])
    expect(readings).toHaveBeenCalledTimes(2)
  })
})
