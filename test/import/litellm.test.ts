import { describe, expect, test } from 'vitest'
import { openImport } from './open-import.js'
import { linesOf } from './session-lines.js'

const ROW = {
  request_id: 'chatcmpl-1',
  call_type: 'acompletion',
  api_key: '88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b',
  spend: 0.00123,
  total_tokens: 130,
  prompt_tokens: 100,
  completion_tokens: 30,
  startTime: '2026-01-31T10:00:00.000Z',
  endTime: '2026-01-31T10:00:02.500Z',
  completionStartTime: '2026-01-31T10:00:00.700Z',
  model: 'gpt-4o-mini',
  custom_llm_provider: 'openai',
  user: 'someone',
  metadata: {
    user_api_key: '88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b',
    usage_object: {
      prompt_tokens: 100,
      completion_tokens: 30,
      total_tokens: 130,
      prompt_tokens_details: { cached_tokens: 60 },
    },
  },
  cache_hit: 'False',
  cache_key: 'a cache key',
  request_tags: ['batch'],
  messages: [{ role: 'user', content: 'said in confidence' }],
  response: { choices: [] },
  status: 'success',
}

describe('a row is an entry', () => {
  test.each<[string, object, object]>([
    [
      'a success',
      {},
      {
        chat_id: 'litellm',
        model: 'gpt-4o-mini',
        provider: 'openai',
        status: 'success',
        request_type: 'chat',
        user_id: 'someone',
        tags: ['batch'],
        cost: { amount: 0.00123, source: 'provider' },
        usage: { prompt_tokens: 100, completion_tokens: 30, cache_read_tokens: 60 },
        timings: { latency_ms: 2500, time_to_first_token_ms: 700 },
        timestamp_start: '2026-01-31T10:00:00.000Z',
      },
    ],
    [
      'times as a database prints them',
      { startTime: '2026-01-31 10:00:00.123456', endTime: '2026-01-31 10:00:01+00' },
      { timestamp_start: '2026-01-31T10:00:00.123Z', timestamp_end: '2026-01-31T10:00:01.000Z' },
    ],
    [
      'columns of JSON as text',
      { metadata: JSON.stringify(ROW.metadata), request_tags: '["a","b"]' },
      { tags: ['a', 'b'], usage: { cache_read_tokens: 60 } },
    ],
    [
      'a hit of the own cache',
      { cache_hit: 'True', spend: 0 },
      { cost: { amount: 0 }, metadata: { cache_hit: true } },
    ],
    [
      'an end that is the first token',
      { completionStartTime: ROW.endTime },
      { timings: { latency_ms: 2500 } },
    ],
    [
      'an embedding',
      { call_type: 'aembedding', completion_tokens: 0, total_tokens: 100 },
      { request_type: 'embedding' },
    ],
    ['a session', { session_id: 'trace-7' }, { chat_id: 'trace-7', session_id: 'trace-7' }],
    ['no spend', { spend: null }, { cost: { source: 'price_book' } }],
    ['a spend of 0, which stands where no price was known', { spend: 0 }, { cost: { source: 'price_book' } }],
    [
      'a failure',
      {
        status: 'failure',
        prompt_tokens: 0,
        completion_tokens: 0,
        total_tokens: 0,
        spend: 0,
        metadata: {
          error_information: { error_class: 'RateLimitError', error_code: '429', error_message: 'slow down' },
        },
      },
      { status: 'error', error: { code: 'RateLimitError', message: 'slow down' } },
    ],
  ])('%s', async (_name, more, expected) => {
    const { file, run, entries } = await openImport()
    file('logs.jsonl', linesOf(JSON.stringify({ ...ROW, ...more })))
    expect(await run('litellm')).toMatchObject({ newEntries: 1, skipped: [] })
    expect(await entries()).toMatchObject([expected])
  })
})

test('an array is read as its rows are', async () => {
  const { file, run } = await openImport()
  const rows = [1, 2, 3].map((number) => ({ ...ROW, request_id: `chatcmpl-${number}`, note: '} ] { "' }))
  file('rows.json', JSON.stringify(rows, null, 2))
  expect(await run('litellm')).toMatchObject({ records: 3, newEntries: 3, skipped: [] })
  file('rows.jsonl', linesOf(...rows.map((row) => JSON.stringify(row))))
  expect(await run('litellm')).toMatchObject({ records: 6, newEntries: 0, knownEntries: 3 })
})

test('objects over several lines are rows too, and a line that is cut hides none', async () => {
  const { file, run } = await openImport()
  const rows = [1, 2].map((number) => JSON.stringify({ ...ROW, request_id: `chatcmpl-${number}` }, null, 2))
  file('1.json', rows.join('\n'))
  file(
    '2.jsonl',
    linesOf(JSON.stringify(ROW).slice(0, -30), JSON.stringify({ ...ROW, request_id: 'chatcmpl-3' })),
  )
  expect(await run('litellm')).toMatchObject({ newEntries: 3, skipped: [{ reason: 'damaged', records: 1 }] })
})

test('a row that was corrected replaces the one before', async () => {
  const { file, run, entries } = await openImport()
  file('logs.jsonl', linesOf(JSON.stringify(ROW)))
  await run('litellm')
  file('logs.jsonl', linesOf(JSON.stringify({ ...ROW, spend: 0.5 })))
  expect(await run('litellm')).toMatchObject({ newEntries: 0, changedEntries: 1 })
  expect(await run('litellm')).toMatchObject({ changedEntries: 0, knownEntries: 1 })
  expect(await entries()).toMatchObject([{ cost: { amount: 0.5 } }])
})

test('of two rows of one call that contradict each other one counts, in every run', async () => {
  const { file, run } = await openImport()
  file('1.jsonl', linesOf(JSON.stringify(ROW)))
  file('2.jsonl', linesOf(JSON.stringify({ ...ROW, spend: 0.5 })))
  expect(await run('litellm')).toMatchObject({ newEntries: 1, byModel: [{ cost: 0.00123 }] })
  expect(await run('litellm')).toMatchObject({ newEntries: 0, changedEntries: 0, knownEntries: 1 })
})

test('neither keys nor prompts are in the workspace', async () => {
  const { file, run, entries } = await openImport()
  file('logs.jsonl', linesOf(JSON.stringify(ROW)))
  await run('litellm')
  expect(JSON.stringify(await entries())).not.toMatch(/88dc28d0|in confidence|cache key/)
})

test('of a key across the cut of a message nothing is kept', async () => {
  const message = `${'a '.repeat(123)}sk-${'proj'}-${'Ab1'.repeat(16)}`
  const { file, run, entries } = await openImport()
  file(
    'rows.jsonl',
    linesOf(
      JSON.stringify({
        ...ROW,
        status: 'failure',
        metadata: { error_information: { error_message: message } },
      }),
    ),
  )
  await run('litellm')
  const [entry] = await entries()
  expect(entry?.error?.message).toMatch(/^a a/)
  expect(entry?.error?.message).not.toContain('sk-')
})
