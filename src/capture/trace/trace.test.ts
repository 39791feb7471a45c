import { expect, test } from 'vitest'
import { traceOf, withTrace } from './trace.js'

const TRACE = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
const NOTED = { trace_id: TRACE.traceId, parent_span_id: TRACE.spanId }

test.each([
  ['both ids', TRACE.traceId, TRACE.spanId, TRACE],
  ['both in capitals', TRACE.traceId.toUpperCase(), TRACE.spanId.toUpperCase(), TRACE],
  ['a zero trace', '0'.repeat(32), TRACE.spanId, undefined],
  ['a zero span', TRACE.traceId, '0'.repeat(16), undefined],
  ['ids of the other length', TRACE.spanId, TRACE.traceId, undefined],
  ['nothing', undefined, undefined, undefined],
])('the trace of %s', (_name, traceId, spanId, expected) => {
  expect(traceOf(traceId, spanId)).toEqual(expected)
})

class Own {
  readonly team = 'red'
}
const throwing = Object.defineProperty({}, 'team', {
  enumerable: true,
  get() {
    throw new Error('no team')
  },
})
const list = ['red']
const own = new Own()
const day = new Date(0)
const serialised = { team: 'red', toJSON: () => 'team red' }

test.each([
  ['no metadata', undefined, NOTED],
  ['null', null, NOTED],
  ['an object', { team: 'red' }, { team: 'red', ...NOTED }],
  [
    'an object without a prototype',
    Object.assign(Object.create(null), { team: 'red' }),
    { team: 'red', ...NOTED },
  ],
  ["the user's own trace_id", { trace_id: 'mine' }, { trace_id: 'mine' }],
  ["the user's own trace_id, undefined", { trace_id: undefined }, { trace_id: undefined }],
  ["the user's own parent_span_id", { parent_span_id: 7 }, { ...NOTED, parent_span_id: 7 }],
])('%s with a trace', (_name, metadata, expected) => {
  expect(withTrace(metadata, TRACE)).toEqual(expected)
})

test.each([
  ['a text', 'red'],
  ['a number', 7],
  ['a list', list],
  ['an instance of a class', own],
  ['a date', day],
  ['what says itself how it is written', serialised],
  ['what throws when it is read', throwing],
])('%s stays as it is', (_name, metadata) => {
  expect(withTrace(metadata, TRACE)).toBe(metadata)
})

test('without a trace metadata stays the same object', () => {
  const metadata = { team: 'red' }
  expect(withTrace(metadata, undefined)).toBe(metadata)
})
