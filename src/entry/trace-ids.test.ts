import { expect, test } from 'vitest'
import { spanIdOf, traceIdOf } from './trace-ids.js'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'

test.each([
  ['an id', TRACE, TRACE],
  ['capitals', TRACE.toUpperCase(), TRACE],
  ['zeros', '0'.repeat(32), undefined],
  ['a digit too few', TRACE.slice(1), undefined],
  ['a digit too many', `${TRACE}0`, undefined],
  ['what is no hex', `${TRACE.slice(1)}g`, undefined],
  ['a line end', `${TRACE.slice(1)}\n`, undefined],
  ['the id of a span', SPAN, undefined],
  ['a number', 7, undefined],
  ['nothing', undefined, undefined],
])('%s as the id of a trace', (_name, value, expected) => {
  expect(traceIdOf(value)).toBe(expected)
})

test.each([
  ['an id', SPAN, SPAN],
  ['zeros', '0'.repeat(16), undefined],
  ['the id of a trace', TRACE, undefined],
])('%s as the id of a span', (_name, value, expected) => {
  expect(spanIdOf(value)).toBe(expected)
})
