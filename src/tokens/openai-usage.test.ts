import { describe, expect, test } from 'vitest'
import { normaliseOpenAIUsage, reportedCost } from './openai-usage.js'

const cases: readonly (readonly [string, unknown, Record<string, unknown> | undefined])[] = [
  [
    'chat completions with details',
    {
      prompt_tokens: 100,
      completion_tokens: 40,
      total_tokens: 140,
      prompt_tokens_details: { cached_tokens: 64, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 32 },
    },
    {
      prompt_tokens: 100,
      completion_tokens: 40,
      total_tokens: 140,
      cache_read_tokens: 64,
      reasoning_tokens: 32,
    },
  ],
  [
    'responses',
    {
      input_tokens: 75,
      input_tokens_details: { cached_tokens: 10 },
      output_tokens: 20,
      output_tokens_details: { reasoning_tokens: 5 },
      total_tokens: 95,
    },
    {
      prompt_tokens: 75,
      completion_tokens: 20,
      total_tokens: 95,
      cache_read_tokens: 10,
      reasoning_tokens: 5,
    },
  ],
  [
    'zeros are an answer',
    { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
    {
      prompt_tokens: 0,
      completion_tokens: 0,
      total_tokens: 0,
    },
  ],
  [
    'no total',
    { prompt_tokens: 3, completion_tokens: 4 },
    {
      prompt_tokens: 3,
      completion_tokens: 4,
      total_tokens: 7,
    },
  ],
  [
    'a total alone is all prompt',
    { total_tokens: 9 },
    { prompt_tokens: 9, completion_tokens: 0, total_tokens: 9, total_only: true },
  ],
  [
    'a total that differs is kept beside the sum',
    { prompt_tokens: 1, completion_tokens: 1, total_tokens: 5 },
    { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, reported_total_tokens: 5 },
  ],
  [
    'a total that is less than the completion it came with',
    { completion_tokens: 9, total_tokens: 5 },
    { prompt_tokens: 0, completion_tokens: 9, total_tokens: 9, reported_total_tokens: 5 },
  ],
  [
    'reasoning that the completion could not hold, where no total tells',
    { prompt_tokens: 10, completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 30 } },
    {
      prompt_tokens: 10,
      completion_tokens: 35,
      total_tokens: 45,
      reasoning_tokens: 30,
      repaired: ['completion_tokens'],
    },
  ],
  [
    'reasoning that the total says is inside, and cannot be',
    {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 15,
      completion_tokens_details: { reasoning_tokens: 30 },
    },
    {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 15,
      reasoning_tokens: 5,
      repaired: ['reasoning_tokens'],
    },
  ],
  [
    'audio and cached tokens that are more than the prompt together',
    {
      prompt_tokens: 100,
      completion_tokens: 0,
      prompt_tokens_details: { cached_tokens: 64, audio_tokens: 80 },
    },
    {
      prompt_tokens: 100,
      completion_tokens: 0,
      total_tokens: 100,
      cache_read_tokens: 64,
      input_audio_tokens: 36,
      repaired: ['input_audio_tokens'],
    },
  ],
  [
    'cache hits and misses without their sum',
    { prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 5, completion_tokens: 1 },
    { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10, cache_read_tokens: 4 },
  ],
  ['a duration in place of tokens', { type: 'duration', seconds: 9 }, undefined],
  [
    'reasoning that only the total holds joins the completion',
    {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 45,
      completion_tokens_details: { reasoning_tokens: 30 },
    },
    {
      prompt_tokens: 10,
      completion_tokens: 35,
      total_tokens: 45,
      reasoning_tokens: 30,
      repaired: ['completion_tokens'],
    },
  ],
  [
    'more cached than sent',
    { prompt_tokens: 5, completion_tokens: 0, prompt_tokens_details: { cached_tokens: 9 } },
    {
      prompt_tokens: 5,
      completion_tokens: 0,
      total_tokens: 5,
      cache_read_tokens: 5,
      repaired: ['cache_read_tokens'],
    },
  ],
  [
    'cache reads and writes together are not more than the prompt',
    {
      prompt_tokens: 10,
      completion_tokens: 0,
      prompt_tokens_details: { cached_tokens: 8, cache_write_tokens: 8 },
    },
    {
      prompt_tokens: 10,
      completion_tokens: 0,
      total_tokens: 10,
      cache_read_tokens: 8,
      cache_write_tokens: 2,
      repaired: ['cache_write_tokens'],
    },
  ],
  [
    'cache hits as DeepSeek names them',
    { prompt_tokens: 9, completion_tokens: 1, prompt_cache_hit_tokens: 4 },
    {
      prompt_tokens: 9,
      completion_tokens: 1,
      total_tokens: 10,
      cache_read_tokens: 4,
    },
  ],
  [
    'negative',
    { prompt_tokens: -5, completion_tokens: 2 },
    {
      prompt_tokens: 0,
      completion_tokens: 2,
      total_tokens: 2,
      repaired: ['prompt_tokens'],
    },
  ],
  [
    'text',
    { prompt_tokens: '12', completion_tokens: 'many' },
    {
      prompt_tokens: 12,
      completion_tokens: 0,
      total_tokens: 12,
      repaired: ['prompt_tokens', 'completion_tokens'],
    },
  ],
  [
    'fractions are rounded up',
    { prompt_tokens: 1.2, completion_tokens: 0 },
    {
      prompt_tokens: 2,
      completion_tokens: 0,
      total_tokens: 2,
      repaired: ['prompt_tokens'],
    },
  ],
  [
    '1e400',
    { prompt_tokens: Number.POSITIVE_INFINITY, completion_tokens: 1 },
    {
      prompt_tokens: 0,
      completion_tokens: 1,
      total_tokens: 1,
      repaired: ['prompt_tokens'],
    },
  ],
  [
    'a sum beyond safe integers',
    { prompt_tokens: Number.MAX_SAFE_INTEGER, completion_tokens: 1 },
    {
      prompt_tokens: 0,
      completion_tokens: 0,
      total_tokens: 0,
      repaired: ['prompt_tokens', 'completion_tokens'],
    },
  ],
  ['an empty object', {}, undefined],
  ['null', null, undefined],
  ['an array', [1, 2], undefined],
  ['a number', 7, undefined],
  ['counts that are null', { prompt_tokens: null, completion_tokens: null }, undefined],
]

describe('normaliseOpenAIUsage', () => {
  test.each(cases)('%s', (_name, reported, expected) => {
    const usage = normaliseOpenAIUsage(reported)
    expect(usage).toEqual(expected === undefined ? undefined : { ...expected, provider_usage: reported })
  })
})

test.each([
  ['a price', { cost: 0.0021 }, 0.0021],
  ['none', { prompt_tokens: 1 }, undefined],
  ['negative', { cost: -1 }, undefined],
  ['the most that an entry may hold', { cost: 1e9 }, 1e9],
  ['more than that', { cost: 1.1e9 }, undefined],
  ['no finite number', { cost: Number.POSITIVE_INFINITY }, undefined],
  ['text', { cost: '1' }, undefined],
  ['no object', null, undefined],
])('reportedCost: %s', (_name, reported, expected) => {
  expect(reportedCost(reported)).toBe(expected)
})
