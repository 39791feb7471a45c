import { expect, test } from 'vitest'
import { usageOf } from './usage.js'

const raw = {
  prompt_tokens: 10,
  completion_tokens: 5,
  total_tokens: 15,
  prompt_tokens_details: { cached_tokens: 4 },
}
const counts = {
  ...{ input_tokens: 10, output_tokens: 5, total_tokens: 15 },
  input_token_details: { cache_read: 3, cache_creation: 2 },
  output_token_details: { reasoning: 1 },
}

test.each<[string, unknown, unknown, Readonly<Record<string, unknown>>, object | undefined]>([
  ["the provider's object", raw, counts, {}, { cache_read_tokens: 4, provider_usage: raw }],
  ['it alone, where LangChain has no counts', raw, undefined, {}, { prompt_tokens: 10 }],
  [
    "LangChain's counts, where its sum of objects is another one",
    { ...raw, prompt_tokens: 40, total_tokens: 45 },
    counts,
    {},
    { prompt_tokens: 10, cache_read_tokens: 3, cache_write_tokens: 2, reasoning_tokens: 1 },
  ],
  [
    'the older counts',
    undefined,
    undefined,
    { tokenUsage: { promptTokens: 2, completionTokens: 3, totalTokens: 5 } },
    { prompt_tokens: 2, completion_tokens: 3 },
  ],
  ['none, where objects are empty', {}, {}, { tokenUsage: {} }, undefined],
])('usage is %s', (_name, reported, own, llmOutput, expected) => {
  const usage = usageOf('openai', reported, own, llmOutput)
  if (expected === undefined) expect(usage).toBeUndefined()
  else expect(usage).toMatchObject(expected)
})
