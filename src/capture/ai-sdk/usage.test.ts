import { expect, test } from 'vitest'
import { usageOf } from './usage.js'

const told = { usage: undefined, providerMetadata: undefined, body: {} }
const v3 = {
  inputTokens: { total: 100, noCache: 60, cacheRead: 30, cacheWrite: 10 },
  outputTokens: { total: 50, text: 30, reasoning: 20 },
}
const raw = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }
const fromRaw = { prompt_tokens: 7, completion_tokens: 3, provider_usage: raw }

test.each([
  ['the body of the answer', { ...told, body: { usage: raw }, usage: { ...v3, raw: {} } }, fromRaw],
  ["the SDK's copy of it", { ...told, usage: { ...v3, raw } }, fromRaw],
  [
    'the metadata of the provider',
    { ...told, usage: v3, providerMetadata: { some: { usage: raw } } },
    fromRaw,
  ],
  [
    "the SDK's counts of version 3, where the copy holds none",
    { ...told, usage: { ...v3, raw: { other: 1 } } },
    {
      prompt_tokens: 100,
      completion_tokens: 50,
      cache_read_tokens: 30,
      cache_write_tokens: 10,
      reasoning_tokens: 20,
    },
  ],
  [
    'of version 2',
    {
      ...told,
      usage: { inputTokens: 5, outputTokens: 4, totalTokens: 9, cachedInputTokens: 2, reasoningTokens: 1 },
    },
    { prompt_tokens: 5, completion_tokens: 4, cache_read_tokens: 2, reasoning_tokens: 1 },
  ],
  [
    'impossible ones, repaired and marked',
    { ...told, usage: { inputTokens: 5, outputTokens: -4, cachedInputTokens: 20 } },
    { prompt_tokens: 5, completion_tokens: 0, cache_read_tokens: 5 },
  ],
])('usage is taken from %s', (_name, answer, expected) => {
  expect(usageOf('openai.chat', answer)).toMatchObject(expected)
})

test.each([
  ['nothing was told', told],
  ['the counts are all missing', { ...told, usage: { inputTokens: {}, outputTokens: {}, raw: null } }],
  ['what was told is no object', { ...told, body: { usage: 'many' }, providerMetadata: [1, null] }],
])('there is none where %s', (_name, answer) => {
  expect(usageOf('openai.chat', answer)).toBeUndefined()
})
