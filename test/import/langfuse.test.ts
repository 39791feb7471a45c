import { describe, expect, test } from 'vitest'
import { detailCounts } from '../../src/import/formats/langfuse-counts.js'
import { normaliseUsage } from '../../src/tokens/normalise.js'
import { openImport } from './open-import.js'
import { linesOf } from './session-lines.js'

const GENERATION = {
  id: 'gen-1',
  traceId: 'trace-1',
  type: 'GENERATION',
  name: 'answer',
  startTime: '2026-01-31T10:00:00.000Z',
  endTime: '2026-01-31T10:00:02.000Z',
  completionStartTime: '2026-01-31T10:00:00.400Z',
  model: 'gpt-4o-mini',
  level: 'DEFAULT',
  input: [{ role: 'user', content: 'said in confidence' }],
  output: 'heard in confidence',
  usageDetails: { input: 40, input_cached_tokens: 60, output: 20, output_reasoning_tokens: 10, total: 130 },
  costDetails: { input: 0.001, output: 0.002, total: 0.003 },
}

describe('a generation is an entry', () => {
  test.each<[string, object, object]>([
    [
      'as the API gives it',
      {},
      {
        chat_id: 'trace-1',
        model: 'gpt-4o-mini',
        status: 'success',
        usage: { prompt_tokens: 100, completion_tokens: 30, cache_read_tokens: 60, reasoning_tokens: 10 },
        cost: { amount: 0.003, source: 'provider' },
        timings: { latency_ms: 2000, time_to_first_token_ms: 400 },
        metadata: { observation_id: 'gen-1', trace_id: 'trace-1', name: 'answer' },
      },
    ],
    [
      'as an export of files gives it',
      {
        ...Object.fromEntries(Object.keys(GENERATION).map((name) => [name, undefined])),
        id: 'gen-1',
        type: 'GENERATION',
        trace_id: 'trace-1',
        session_id: 'session-1',
        user_id: 'someone',
        environment: 'production',
        start_time: '2026-01-31 10:00:00.000000',
        end_time: '2026-01-31 10:00:02.000000',
        provided_model_name: 'gpt-4o-mini',
        usage_details: { input: 100, output: 30, total: 130 },
        total_cost: 0.004,
      },
      {
        chat_id: 'session-1',
        user_id: 'someone',
        environment: 'production',
        timestamp_end: '2026-01-31T10:00:02.000Z',
        usage: { prompt_tokens: 100, completion_tokens: 30 },
        cost: { amount: 0.004 },
      },
    ],
    [
      'a failure',
      { level: 'ERROR', statusMessage: 'slow down', usageDetails: {}, costDetails: {} },
      { status: 'error', error: { code: 'ERROR', message: 'slow down' } },
    ],
    [
      'a cost of nothing, which is not known',
      { costDetails: { total: 0 } },
      { cost: { source: 'price_book' } },
    ],
    [
      'the older form of usage',
      { usageDetails: undefined, usage: { input: 100, output: 30, total: 130, unit: 'TOKENS' } },
      { usage: { prompt_tokens: 100, completion_tokens: 30 } },
    ],
  ])('%s', async (_name, more, expected) => {
    const { file, run, entries } = await openImport()
    file('observations.jsonl', linesOf(JSON.stringify({ ...GENERATION, ...more })))
    expect(await run('langfuse')).toMatchObject({ newEntries: 1, skipped: [] })
    expect(await entries()).toMatchObject([expected])
    expect(JSON.stringify(await entries())).not.toContain('in confidence')
  })
})

test.each<[string, object, readonly [number, number]]>([
  [
    'disjoint kinds',
    { input: 40, input_cached_tokens: 60, output: 20, output_reasoning_tokens: 10, total: 130 },
    [100, 30],
  ],
  ['disjoint kinds without a total', { input: 40, input_cached_tokens: 60, output: 20 }, [100, 20]],
  [
    'parts of the input and output',
    { input: 100, input_cached_tokens: 60, output: 30, output_reasoning_tokens: 10, total: 130 },
    [100, 30],
  ],
  [
    "Anthropic's kinds",
    { input: 10, cache_read_input_tokens: 100, cache_creation_input_tokens: 20, output: 5, total: 135 },
    [130, 5],
  ],
  ['a total alone', { total: 12 }, [12, 0]],
  ["OpenAI's names", { prompt_tokens: 100, completion_tokens: 30, total_tokens: 130 }, [100, 30]],
])('%s are counted once', (_name, details, counts) => {
  const usage = normaliseUsage('openai', detailCounts({ ...details }))
  expect([usage?.prompt_tokens ?? usage?.total_tokens, usage?.completion_tokens ?? 0]).toEqual(counts)
})

test('what is no generation, or holds one, is no call', async () => {
  const { file, run, entries } = await openImport()
  const rows = [
    { ...GENERATION, id: 'span', type: 'SPAN' },
    { ...GENERATION, id: 'outer', parentObservationId: 'span' },
    { ...GENERATION, id: 'inner', parentObservationId: 'outer' },
    { ...GENERATION, id: 'open', endTime: null, usageDetails: {}, costDetails: {} },
  ]
  file('observations.json', JSON.stringify(rows))
  expect(await run('langfuse')).toMatchObject({
    newEntries: 1,
    skipped: [
      { reason: 'parent', records: 1 },
      { reason: 'unfinished', records: 1 },
    ],
  })
  expect(await entries()).toMatchObject([{ metadata: { observation_id: 'inner' } }])
})

test('of a key across the cut of a message nothing is kept', async () => {
  const message = `${'a '.repeat(123)}sk-${'proj'}-${'Ab1'.repeat(16)}`
  const { file, run, entries } = await openImport()
  file('rows.jsonl', linesOf(JSON.stringify({ ...GENERATION, level: 'ERROR', statusMessage: message })))
  await run('langfuse')
  const [entry] = await entries()
  expect(entry?.error?.message).toMatch(/^a a/)
  expect(entry?.error?.message).not.toContain('sk-')
})
