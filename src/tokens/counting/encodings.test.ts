import { expect, test } from 'vitest'
import { encodingOf } from './encodings.js'

test.each([
  ['gpt-4o', 'o200k_base'],
  ['gpt-4o-2024-08-06', 'o200k_base'],
  ['GPT-4o-mini', 'o200k_base'],
  ['openai/gpt-4.1-nano', 'o200k_base'],
  ['openrouter/openai/gpt-5.1', 'o200k_base'],
  ['gpt-5', 'o200k_base'],
  ['o1', 'o200k_base'],
  ['o3-mini', 'o200k_base'],
  ['o4-mini-2025-04-16', 'o200k_base'],
  ['chatgpt-4o-latest', 'o200k_base'],
  ['gpt-oss:20b', 'o200k_base'],
  ['ft:gpt-4o-mini-2024-07-18:org::abc', 'o200k_base'],
  ['gpt-4', 'cl100k_base'],
  ['gpt-4-turbo-2024-04-09', 'cl100k_base'],
  ['azure/gpt-35-turbo', 'cl100k_base'],
  ['ft:gpt-3.5-turbo:org:name:id', 'cl100k_base'],
  ['text-embedding-3-small', 'cl100k_base'],
  ['claude-sonnet-4-20250514', undefined],
  ['gemini-2.5-pro', undefined],
  ['o1x', undefined],
  ['gpt-4oops', undefined],
  ['text-davinci-003', undefined],
  ['my-gpt-4o', undefined],
  ['', undefined],
  ['ft:', undefined],
  ['/', undefined],
])('%s', (model, encoding) => {
  expect(encodingOf(model)).toBe(encoding)
})
