import { expect, test } from 'vitest'
import { below, exportOf, span, spanId, TRACE, type Values } from '../../../test/otlp/spans.js'
import { entriesOf } from './entries-of.js'
import { SpanTree } from './span-tree.js'

/** Each below the next. */
function treeOf(attributes: readonly Values[], limit?: number): SpanTree {
  const tree = new SpanTree(limit)
  const spans = attributes.map((one, at) => span(at + 1, one, below(at + 2)))
  entriesOf(exportOf(spans), undefined, tree)
  return tree
}

const http = { 'http.request.method': 'POST' }
const ids = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => spanId(from + at))

test.each([
  ['one that is unknown', [], 1, ids(1, 1)],
  ['through those that say no work', [http, {}, http], 1, ids(1, 4)],
  ['to the first that is a call', [http, { 'openinference.span.kind': 'LLM' }, http], 1, ids(1, 2)],
  ['to the first that is a tool', [http, { 'gen_ai.operation.name': 'execute_tool' }, http], 1, ids(1, 2)],
  ['eight at most', Array.from({ length: 20 }, () => http), 3, ids(3, 11)],
])('upwards %s', (_name, attributes, from, expected) => {
  expect([...treeOf(attributes).upFrom(TRACE, spanId(from))]).toEqual(expected)
})

test('the latest are remembered', () => {
  const tree = treeOf([http, http, http], 2)
  expect([1, 2, 3].map((number) => tree.parentOf(TRACE, spanId(number)))).toEqual([
    undefined,
    spanId(3),
    spanId(4),
  ])
  expect(tree.parentOf('f'.repeat(32), spanId(3))).toBeUndefined()
})
