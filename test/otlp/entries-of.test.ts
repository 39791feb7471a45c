import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entriesOf } from '../../src/capture/otlp/index.js'
import { isId } from '../../src/entry/ids.js'
import { chat, entryOf, exportOf, START, spanId, TRACE, type Values } from './spans.js'

describe('times', () => {
  test('are exact beyond 2^53 ns, and in ms', () => {
    const more = { startTimeUnixNano: '1764400000999999999', endTimeUnixNano: '1764400001000000000' }
    expect(entryOf(chatAttributes(), more)).toMatchObject({
      timestamp_start: '2025-11-29T07:06:40.999Z',
      timestamp_end: '2025-11-29T07:06:41.000Z',
      timings: { latency_ms: 0 },
    })
  })

  test('may be numbers', () => {
    const more = { startTimeUnixNano: 1_764_400_000_000_000_000, endTimeUnixNano: 1_764_400_001_000_000_000 }
    expect(entryOf(chatAttributes(), more)).toMatchObject({ timings: { latency_ms: 1000 } })
  })

  test('without an end the call takes no time', () => {
    const entry = entryOf(chatAttributes(), { endTimeUnixNano: '0' })
    expect(entry.timestamp_end).toBe(entry.timestamp_start)
  })

  test('of any nanosecond are those of its millisecond', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, (1n << 64n) - 1n), (nanos) => {
        const { entries } = entriesOf(
          exportOf([chat(1, {}, { startTimeUnixNano: String(nanos), endTimeUnixNano: String(nanos) })]),
        )
        expect(BigInt(Date.parse(entries[0]?.fields.timestamp_start ?? ''))).toBe(nanos / 1_000_000n)
      }),
    )
  })
})

describe('failures', () => {
  const rows: readonly (readonly [string, Values, object, object])[] = [
    [
      'error.type',
      { 'error.type': 'rate_limit_exceeded', 'http.response.status_code': 429 },
      { status: { code: 2, message: 'slow down' } },
      { status: 'error', error: { code: 'rate_limit_exceeded', message: 'slow down' }, http_status: 429 },
    ],
    [
      'a status by name',
      {},
      { status: { code: 'STATUS_CODE_ERROR' } },
      { status: 'error', error: { code: 'error' } },
    ],
    [
      'an exception',
      {},
      {
        status: { code: 2 },
        events: [
          {
            name: 'exception',
            attributes: [
              { key: 'exception.type', value: { stringValue: 'APIError' } },
              { key: 'exception.message', value: { stringValue: 'no' } },
            ],
          },
        ],
      },
      { status: 'error', error: { code: 'APIError', message: 'no' } },
    ],
    ['a timeout', { 'error.type': 'APITimeoutError' }, {}, { status: 'timeout' }],
    ['an unset status is success', {}, { status: { code: 0 } }, { status: 'success' }],
  ]

  test.each(rows)('%s', (_name, attributes, more, expected) => {
    expect(entryOf({ ...chatAttributes(), ...attributes }, { ...more })).toMatchObject(expected)
  })
})

describe('where an entry belongs', () => {
  const rows: readonly (readonly [string, Values, Values, object])[] = [
    [
      'the span',
      { 'ledgerline.project_id': 'p', 'ledgerline.chat_id': 'c' },
      {},
      { project: 'p', chat: 'c' },
    ],
    ['the resource', {}, { 'ledgerline.project_id': 'p', 'session.id': 's' }, { project: 'p', chat: 's' }],
    [
      'a conversation before a session',
      { 'session.id': 's', 'gen_ai.conversation.id': 'v' },
      {},
      { chat: 'v' },
    ],
    ['the service', {}, { 'service.name': 'my service' }, { service: 'my service', chat: undefined }],
    [
      'a session that is no id',
      { 'session.id': 'a b/../c' },
      {},
      { chat: expect.stringMatching(/^chat-[0-9a-f]{24}$/) },
    ],
  ]

  test.each(rows)('%s', (_name, attributes, resource, expected) => {
    const { entries } = entriesOf(exportOf([chat(1, attributes)], resource))
    expect(entries[0]?.place).toMatchObject(expected)
  })
})

describe('an id', () => {
  test('is one for any trace and span, and always the same', () => {
    const hex = (length: number) =>
      fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)).filter((id) => !/^0+$/.test(id))
    fc.assert(
      fc.property(hex(32), hex(16), (traceId, id) => {
        const read = () => entriesOf(exportOf([chat(1, {}, { traceId, spanId: id })])).entries[0]?.fields.id
        expect(isId(read())).toBe(true)
        expect(read()).toBe(`otlp-${traceId}-${id}`)
      }),
    )
  })

  test('does not depend on the case of the digits', () => {
    const { entries } = entriesOf(exportOf([chat(1, {}, { traceId: TRACE.toUpperCase() })]))
    expect(entries[0]?.fields.id).toBe(`otlp-${TRACE}-${spanId(1)}`)
  })
})

describe('bad spans are refused, one by one', () => {
  const rows: readonly (readonly [string, unknown])[] = [
    ['no span', 7],
    ['null', null],
    ['a zero trace id', chat(2, {}, { traceId: '0'.repeat(32) })],
    ['a zero span id', chat(2, {}, { spanId: '0'.repeat(16) })],
    ['no span id', chat(2, {}, { spanId: undefined })],
    ['an id in base64', chat(2, {}, { spanId: 'AAAAAAAAAAE=' })],
    ['a doubled span id', chat(1)],
    ['an end before its start', chat(2, {}, { endTimeUnixNano: String(START - 1n) })],
    ['no start', chat(2, {}, { startTimeUnixNano: undefined })],
    ['a start that is text', chat(2, {}, { startTimeUnixNano: 'now' })],
    ['a start of 400 digits', chat(2, {}, { startTimeUnixNano: '9'.repeat(400) })],
    ['a negative start', chat(2, {}, { startTimeUnixNano: -1 })],
  ]

  test.each(rows)('%s', (_name, bad) => {
    const { entries, rejected } = entriesOf(exportOf([chat(1), bad]))
    expect(entries).toHaveLength(1)
    expect(rejected).toHaveLength(1)
    expect(rejected[0]?.reason).not.toBe('')
  })
})

describe('hostile exports', () => {
  test.each([
    ['nothing', undefined],
    ['a text', 'x'],
    ['lists that are none', { resourceSpans: { length: 5 } }],
    ['spans that are none', { resourceSpans: [{ scopeSpans: [{ spans: 'x' }] }] }],
  ])('%s: no entries, and nothing is thrown', (_name, request) => {
    expect(entriesOf(request)).toEqual({ entries: [], rejected: [] })
  })

  test('keys of the prototype are data', () => {
    const request = JSON.parse(
      JSON.stringify(exportOf([chat(1, { '__proto__.x': 1, constructor: 'c', toString: 't' })])).replace(
        '"name":"span 1"',
        '"name":"span 1","__proto__":{"polluted":true}',
      ),
    )
    const { entries } = entriesOf(request)
    expect(entries).toHaveLength(1)
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false)
    expect('polluted' in {}).toBe(false)
  })

  test('attributes without end are left out, not walked', () => {
    let value: Record<string, unknown> = { stringValue: 'deep' }
    for (let depth = 0; depth < 50_000; depth++) value = { arrayValue: { values: [value] } }
    const bad = chat(1)
    const { entries } = entriesOf(
      exportOf([{ ...bad, attributes: [...[bad.attributes].flat(), { key: 'gen_ai.response.id', value }] }]),
    )
    expect(entries[0]?.fields).not.toHaveProperty('response_id')
  })

  test('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (anything) => {
        entriesOf(anything)
        entriesOf(exportOf([anything]))
        entriesOf({
          resourceSpans: [
            {
              resource: anything,
              scopeSpans: [{ spans: [chat(1, {}, { attributes: anything, events: anything })] }],
            },
          ],
        })
      }),
    )
  })
})

function chatAttributes(): Values {
  return { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' }
}

test('of a key across a cut nothing is kept', () => {
  const key = `sk-${'proj'}-${'Ab1'.repeat(16)}`
  const short = `${'a '.repeat(123)}${key}`
  const entry = entryOf(
    { ...chatAttributes(), 'error.type': short, 'session.id': short },
    { name: short, status: { code: 2, message: `${'a '.repeat(2_043)}${key}` } },
  )
  const { message } = entry.error as { message: string }
  expect(message).toHaveLength(4_096)
  expect(JSON.stringify(entry)).toContain('a [REDACTED')
  expect(JSON.stringify(entry)).not.toContain('sk-')
})
