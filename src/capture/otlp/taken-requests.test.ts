import { expect, test } from 'vitest'
import { chat, exportOf, spanId } from '../../../test/otlp/spans.js'
import { entriesOf } from './entries-of.js'
import { SAME_ANSWER, type SpanCall, spanCallOf } from './likeness.js'
import { TakenRequests, type Wish } from './taken-requests.js'

function callOf(number: number): SpanCall {
  const [source] = entriesOf(exportOf([chat(number)])).entries
  if (source === undefined) throw new Error('no call')
  return spanCallOf({ entry: { ...source.fields, project_id: 'p', chat_id: 'c' }, source })
}

const wish = (call: SpanCall, requestId: string, rank = 1): Wish => ({
  call,
  requestId,
  rank,
  attempts: 1,
  isPending: false,
  distanceMs: 0,
})
const released = (taken: TakenRequests) => taken.released('p').map(({ source }) => source.spans[0].spanId)

test('a request is found by one call, which is known again', () => {
  const taken = new TakenRequests()
  const [one, two] = [callOf(1), callOf(2)]
  expect(taken.claim('p', [wish(one, 'r')])).toEqual(new Set([one]))
  expect(taken.claim('p', [wish(two, 'r')])).toEqual(new Set())
  expect([callOf(1), callOf(2)].map((call) => taken.has('p', call))).toEqual([true, false])
  expect(taken.has('q', callOf(1))).toBe(false)
  expect(taken.claim('q', [wish(two, 'r')])).toEqual(new Set([two]))
})

test('a surer call takes it, and the other is told once', () => {
  const taken = new TakenRequests()
  taken.claim('p', [wish(callOf(1), 'r')])
  const surer = callOf(2)
  expect(taken.claim('p', [wish(surer, 'r', 2)])).toEqual(new Set([surer]))
  expect(released(taken)).toEqual([spanId(1)])
  expect(released(taken)).toEqual([])
})

test('several calls of one answer share it', () => {
  const taken = new TakenRequests()
  const calls = [callOf(1), callOf(2)]
  const wishes = calls.map((call) => wish(call, 'r', SAME_ANSWER))
  expect(taken.claim('p', wishes)).toEqual(new Set(calls))
  expect(released(taken)).toEqual([])
})

test('a call that finds its first choice taken gets the next', () => {
  const taken = new TakenRequests()
  const [one, two] = [callOf(1), callOf(2)]
  const wishes = [wish(one, 'r', 2), wish(two, 'r', 1), wish(two, 's', 1)]
  expect(taken.claim('p', wishes)).toEqual(new Set([one, two]))
  expect(taken.claim('p', [wish(callOf(3), 's', 1)]).size).toBe(0)
})

test('what is remembered is bounded', () => {
  const taken = new TakenRequests({ requests: 2, held: 1 })
  for (const number of [1, 2, 3]) taken.claim('p', [wish(callOf(number), `r${number}`)])
  const other = callOf(4)
  expect(taken.claim('p', [wish(other, 'r1')])).toEqual(new Set([other]))
  // Of those that are remembered the latest alone is held, and can be told.
  taken.claim('p', [wish(callOf(6), 'r1', 2), wish(callOf(5), 'r3', 2)])
  expect(released(taken)).toEqual([spanId(4)])
})
