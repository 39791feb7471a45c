import { expect, test } from 'vitest'
import { readTraceparent } from './traceparent.js'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
const FOUND = { traceId: TRACE, spanId: SPAN }

test.each([
  ['of version 00', `00-${TRACE}-${SPAN}-01`, FOUND],
  ['of what is not sampled', `00-${TRACE}-${SPAN}-00`, FOUND],
  ['with unknown flags', `00-${TRACE}-${SPAN}-ff`, FOUND],
  ['of a later version', `cc-${TRACE}-${SPAN}-01`, FOUND],
  ['of a later version, with more', `cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like`, FOUND],
  ['of a later version, with more but no dash', `cc-${TRACE}-${SPAN}-01.more`, undefined],
  ['of version 00, with more', `00-${TRACE}-${SPAN}-01-more`, undefined],
  ['of version 00, with a dash', `00-${TRACE}-${SPAN}-01-`, undefined],
  ['of version ff', `ff-${TRACE}-${SPAN}-01`, undefined],
  ['without flags', `00-${TRACE}-${SPAN}`, undefined],
  ['in capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`, undefined],
  ['with a zero trace', `00-${'0'.repeat(32)}-${SPAN}-01`, undefined],
  ['with a zero span', `00-${TRACE}-${'0'.repeat(16)}-01`, undefined],
  ['given twice, as Node joins it', `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`, undefined],
  ['in a list', [`00-${TRACE}-${SPAN}-01`], undefined],
  ['with a space before it', ` 00-${TRACE}-${SPAN}-01`, undefined],
  ['that is empty', '', undefined],
  ['that is not there', undefined, undefined],
])('a traceparent %s', (_name, header, expected) => {
  expect(readTraceparent(header)).toEqual(expected)
})
