import { expect, test } from 'vitest'
import { chat, exportOf } from '../../../test/otlp/spans.js'
import { entriesOf } from './entries-of.js'
import { RANKS, type Wish } from './likeness.js'
import { type SpanCall, spanCallOf } from './span-call.js'
import { TakenRequests } from './taken-requests.js'

const FAILED = { status: { code: 2 } }

function callOf(number: number, [from, to] = [0, 1], more: object = {}): SpanCall {
  const times = { startTimeUnixNano: `${1 + from}000000`, endTimeUnixNano: `${1 + to}000000` }
  const [source] = entriesOf(exportOf([chat(number, {}, { ...times, ...more })])).entries
  if (source === undefined) throw new Error('no call')
  return spanCallOf({ entry: { ...source.fields, project_id: 'p', chat_id: 'c' }, source })
}

const wish = (call: SpanCall, requestId: string, more: Partial<Wish> = {}): Wish => ({
  call,
  requestId,
  rank: RANKS.beside,
  attempts: 1,
  isPending: false,
  distanceMs: 0,
  ...more,
})

test('a request is found by one call, which is known again', () => {
  const taken = new TakenRequests()
  const [one, two] = [callOf(1), callOf(2)]
  expect(taken.claim('p', [wish(one, 'r')])).toEqual(new Set([one]))
  expect(taken.claim('p', [wish(two, 'r', { rank: RANKS.within })])).toEqual(new Set())
  const has = (projectId: string, { placed }: SpanCall) => taken.has(projectId, placed.entry.id)
  expect([has('p', callOf(1)), has('p', callOf(2)), has('q', callOf(1))]).toEqual([true, false, false])
  expect(taken.claim('q', [wish(two, 'r')])).toEqual(new Set([two]))
})

test('of one export the surest takes it, then the nearest', () => {
  const [one, two] = [callOf(1), callOf(2)]
  const surer = wish(two, 'r', { rank: RANKS.within, distanceMs: 9 })
  expect(new TakenRequests().claim('p', [wish(one, 'r'), surer])).toEqual(new Set([two]))
  const nearer = [wish(one, 'r', { distanceMs: 2 }), wish(two, 'r', { distanceMs: 1 })]
  expect(new TakenRequests().claim('p', nearer)).toEqual(new Set([two]))
})

test('a call that finds its first choice taken gets the next', () => {
  const taken = new TakenRequests()
  const [one, two] = [callOf(1), callOf(2)]
  const wishes = [wish(one, 'r', { rank: RANKS.within }), wish(two, 'r'), wish(two, 's')]
  expect(taken.claim('p', wishes)).toEqual(new Set([one, two]))
  expect(taken.claim('p', [wish(callOf(3), 's')]).size).toBe(0)
})

const NAMED = { rank: RANKS.sameAnswer }
const TWICE = { attempts: 2 }
const [first, second] = [callOf(1, [0, 9], FAILED), callOf(2, [10, 20])]

test.each([
  ['several calls of one answer', [wish(callOf(1), 'r', NAMED), wish(callOf(2), 'r', NAMED)], 2],
  ['a call of the answer and one beside it', [wish(callOf(1), 'r', NAMED), wish(callOf(2), 'r')], 1],
  ['an attempt that failed and the next', [wish(first, 'r', TWICE), wish(second, 'r', TWICE)], 2],
  ['the next one and the attempt that failed', [wish(second, 'r', TWICE), wish(first, 'r', TWICE)], 2],
  [
    'an attempt that failed and the answer',
    [wish(first, 'r', TWICE), wish(second, 'r', { ...TWICE, ...NAMED })],
    2,
  ],
  [
    'attempts of which the first succeeded',
    [callOf(1, [0, 9]), second].map((call) => wish(call, 'r', TWICE)),
    1,
  ],
  ['attempts at once', [first, callOf(2, [8, 20])].map((call) => wish(call, 'r', TWICE)), 1],
  [
    'more than there were',
    [first, callOf(2, [9, 10], FAILED), second].map((call) => wish(call, 'r', TWICE)),
    2,
  ],
])('%s', (_name, wishes, count) => {
  const taken = new TakenRequests()
  const found = wishes.filter((one) => taken.claim('p', [one]).size === 1)
  expect(found).toHaveLength(count)
})

test('what is remembered is bounded', () => {
  const taken = new TakenRequests(2)
  for (const number of [1, 2, 3]) taken.claim('p', [wish(callOf(number), `r${number}`)])
  expect(['r3', 'r1'].map((id) => taken.claim('p', [wish(callOf(4), id)]).size)).toEqual([0, 1])
})
