import { describe, expect, test } from 'vitest'
import { WIRE_SAMPLES } from '../../test/wire-samples/index.mjs'
import { mergeAnthropicUsage } from './anthropic-usage.js'
import { bucketsOf } from './buckets.js'
import { normaliseUsage, type UsageApi } from './normalise.js'

const named = WIRE_SAMPLES.map((sample) => ({ name: `${sample.provider}: ${sample.form}`, ...sample }))

describe('what providers document', () => {
  test.each(named)('$name', ({ api, reported, usage }) => {
    const normalised = normaliseUsage(api, reported)
    expect(normalised).toEqual({ ...usage, provider_usage: reported })
    expect(normalised?.provider_usage).toBe(reported)
  })

  test.each(named)('$name: the counts add up', ({ api, reported }) => {
    const usage = normaliseUsage(api, reported) ?? {}
    const { prompt_tokens = -1, completion_tokens = -1, total_tokens } = usage
    expect(prompt_tokens + completion_tokens).toBe(total_tokens)
    const buckets = bucketsOf(usage)
    const { outputText, reasoning, outputAudio, ...input } = buckets
    expect(Object.values(input).reduce((sum, tokens) => sum + tokens)).toBe(prompt_tokens)
    expect(outputText + reasoning + outputAudio).toBe(completion_tokens)
    expect(Math.min(...Object.values(buckets))).toBeGreaterThanOrEqual(0)
  })

  test('every API has samples', () => {
    const apis = new Set(WIRE_SAMPLES.map(({ api }) => api))
    expect([...apis].sort()).toEqual(['anthropic', 'bedrock', 'gemini', 'openai'])
  })
})

const odd: readonly (readonly [string, UsageApi, unknown, Record<string, unknown> | undefined])[] = [
  [
    'anthropic: more for an hour than was written',
    'anthropic',
    {
      input_tokens: 1,
      cache_creation_input_tokens: 5,
      cache_creation: { ephemeral_1h_input_tokens: 9 },
      output_tokens: 0,
    },
    {
      prompt_tokens: 6,
      completion_tokens: 0,
      total_tokens: 6,
      cache_write_tokens: 5,
      cache_write_1h_tokens: 5,
      repaired: ['cache_write_1h_tokens'],
    },
  ],
  [
    'anthropic: nulls where there was no cache',
    'anthropic',
    {
      input_tokens: 3,
      cache_creation_input_tokens: null,
      cache_read_input_tokens: null,
      cache_creation: null,
      output_tokens: 2,
    },
    { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  ],
  [
    'anthropic: negative cache reads',
    'anthropic',
    { input_tokens: 3, cache_read_input_tokens: -7, output_tokens: 2 },
    {
      prompt_tokens: 3,
      completion_tokens: 2,
      total_tokens: 5,
      cache_read_tokens: 0,
      repaired: ['cache_read_tokens'],
    },
  ],
  [
    'gemini: thoughts inside of the answer, by the total',
    'gemini',
    { promptTokenCount: 10, candidatesTokenCount: 30, thoughtsTokenCount: 20, totalTokenCount: 40 },
    { prompt_tokens: 10, completion_tokens: 30, total_tokens: 40, reasoning_tokens: 20 },
  ],
  [
    'gemini: no total',
    'gemini',
    { promptTokenCount: 10, candidatesTokenCount: 30, thoughtsTokenCount: 20 },
    { prompt_tokens: 10, completion_tokens: 50, total_tokens: 60, reasoning_tokens: 20 },
  ],
  [
    'gemini: names of the Python SDK',
    'gemini',
    {
      prompt_token_count: 8,
      candidates_token_count: 2,
      total_token_count: 10,
      cached_content_token_count: 4,
      prompt_tokens_details: [{ modality: 'AUDIO', token_count: 3 }],
    },
    {
      prompt_tokens: 8,
      completion_tokens: 2,
      total_tokens: 10,
      cache_read_tokens: 4,
      input_audio_tokens: 3,
    },
  ],
  [
    'gemini: lists of modalities that are none',
    'gemini',
    { promptTokenCount: 8, candidatesTokenCount: 2, promptTokensDetails: [null, 'AUDIO', { modality: 1 }] },
    { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10 },
  ],
  [
    'bedrock: cache writes by their stay alone',
    'bedrock',
    { inputTokens: 1, outputTokens: 2, cacheDetails: [{ ttl: '5m', inputTokens: 7 }] },
    { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10, cache_write_tokens: 7 },
  ],
  [
    'bedrock: a total without the cache',
    'bedrock',
    { inputTokens: 1, outputTokens: 2, totalTokens: 3, cacheReadInputTokens: 7 },
    {
      prompt_tokens: 8,
      completion_tokens: 2,
      total_tokens: 10,
      reported_total_tokens: 3,
      cache_read_tokens: 7,
    },
  ],
  ['anthropic: nothing', 'anthropic', {}, undefined],
  ['gemini: traffic without counts', 'gemini', { trafficType: 'ON_DEMAND' }, undefined],
  ['bedrock: metrics that are none', 'bedrock', { 'amazon-bedrock-invocationMetrics': 5 }, undefined],
]

test.each(odd)('%s', (_, api, reported, expected) => {
  expect(normaliseUsage(api, reported)).toEqual(expected && { ...expected, provider_usage: reported })
})

test('a getter that throws is no usage', () => {
  const reported = {
    get prompt_tokens(): number {
      throw new Error('no')
    },
  }
  expect(normaliseUsage('openai', reported)).toBeUndefined()
})

describe('a stream of Anthropic', () => {
  const start = {
    input_tokens: 25,
    cache_creation_input_tokens: 10,
    cache_read_input_tokens: 5,
    output_tokens: 1,
    service_tier: 'standard',
  }

  test('has the input at its start and the output in its deltas', () => {
    const merged = [{ output_tokens: 7 }, { output_tokens: 15 }].reduce<unknown>(mergeAnthropicUsage, start)
    expect(merged).toEqual({ ...start, output_tokens: 15 })
    expect(normaliseUsage('anthropic', merged)).toMatchObject({ prompt_tokens: 40, completion_tokens: 15 })
  })

  test('may correct the input later, and a null corrects nothing', () => {
    const delta = { input_tokens: 30, cache_read_input_tokens: null, output_tokens: 15 }
    expect(mergeAnthropicUsage(start, delta)).toEqual({ ...start, input_tokens: 30, output_tokens: 15 })
  })

  test.each([
    ['nothing later', start, undefined, start],
    ['nothing earlier', 'x', start, start],
    ['nothing at all', null, [], undefined],
  ])('%s', (_, earlier, later, expected) => {
    expect(mergeAnthropicUsage(earlier, later)).toEqual(expected)
  })

  test('a key __proto__ is data', () => {
    const merged = mergeAnthropicUsage({ input_tokens: 1 }, JSON.parse('{"__proto__":{"output_tokens":9}}'))
    expect(Object.keys(merged ?? {})).toEqual(['input_tokens', '__proto__'])
    expect(normaliseUsage('anthropic', merged)).toMatchObject({ completion_tokens: 0 })
  })
})
