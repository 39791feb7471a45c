import { expect, test } from 'vitest'
import { summarizeLine } from './summarize-line.js'

const start = '2026-01-31T14:05:06.078Z'
const least = { id: 'r', status: 'success', timestamp_start: start }
const slim = (entry: object): unknown => {
  const line = summarizeLine(JSON.stringify({ ...least, ...entry }))
  const { id, status, timestamp_start, summarized, ...rest } = JSON.parse(line ?? '')
  expect({ id, status, timestamp_start, summarized }).toEqual({ ...least, summarized: true })
  return rest
}

test.each<[string, object, object]>([
  ['nothing more', {}, {}],
  [
    'who and where',
    { project_id: 'p', chat_id: 'c', model: 'm', user_id: 'u', tags: ['a', 5] },
    { project_id: 'p', chat_id: 'c', model: 'm', user_id: 'u', tags: ['a'] },
  ],
  [
    'what was said goes',
    {
      metadata: { text: 'x' },
      params: { prompt: 'x' },
      messages_included: ['m'],
      own: 'x',
      touched_files: ['x'],
    },
    {},
  ],
  ['the tier', { params: { prompt: 'x', service_tier: 'batch' } }, { params: { service_tier: 'batch' } }],
  ['a tier that is none goes', { params: { service_tier: { text: 'x' } } }, {}],
  [
    'numbers of the usage',
    { usage: { prompt_tokens: 3, note: 'x', total_only: true, details: { text: 'x' } } },
    { usage: { prompt_tokens: 3, total_only: true } },
  ],
  ['numbers of the timings', { timings: { latency_ms: 1.5, note: 'x' } }, { timings: { latency_ms: 1.5 } }],
  [
    'the cost',
    { cost: { amount: null, source: 'none', book_date: '2026-01-01', note: 'x' } },
    { cost: { amount: null, source: 'none', book_date: '2026-01-01' } },
  ],
  [
    'the code of the error',
    { error: { code: 'refused', message: 'said', body: 'said' } },
    { error: { code: 'refused', message: '' } },
  ],
  ['no error', { error: null }, { error: null }],
  [
    'the writer',
    { writer: { host: 'h', pid: 1, started: 's', token: 'x' } },
    { writer: { host: 'h', pid: 1, started: 's' } },
  ],
  ['objects where none belong go', { model: { text: 'x' }, usage: 'x', error: 'x', user_id: ['x'] }, {}],
])('%s', (_, entry, expected) => {
  expect(slim(entry)).toEqual(expected)
})

test.each([['{'], ['[]'], ['{"id":"r"}'], ['']])('%j is no entry', (text) => {
  expect(summarizeLine(text)).toBeUndefined()
})

test('a slim line gives itself, and holds no line end of any reader', () => {
  const once = summarizeLine(JSON.stringify({ ...least, model: 'a\u2028b\u0085' })) ?? ''
  expect(once).toMatch(/^[^\u2028\u0085\n]*\n$/)
  expect(summarizeLine(once)).toBe(once)
})
