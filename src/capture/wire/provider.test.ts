import { expect, test } from 'vitest'
import { providerOf } from './provider.js'

test.each([
  ['https://api.openai.com/v1', 'openai'],
  ['https://eu.api.openai.com/v1', 'openai'],
  ['https://mine.openai.azure.com/openai', 'azure'],
  ['https://openrouter.ai/api/v1', 'openrouter'],
  ['https://api.anthropic.com', 'anthropic'],
  ['https://notopenai.com/v1', 'notopenai.com'],
  ['http://127.0.0.1:8080/v1', '127.0.0.1'],
  ['nonsense', 'unknown'],
  [undefined, 'unknown'],
])('provider of %s: %s', (url, provider) => {
  expect(providerOf(url)).toBe(provider)
})
