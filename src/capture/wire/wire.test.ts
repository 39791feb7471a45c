import { expect, test } from 'vitest'
import { apiOf } from './wire.js'

test.each([
  ['/chat/completions', 'openai-chat'],
  ['/v1/chat/completions', 'openai-chat'],
  ['https://mine.openai.azure.com/openai/deployments/d/chat/completions?api-version=1', 'openai-chat'],
  ['/chat/completions#top', 'openai-chat'],
  ['/responses', 'openai-responses'],
  ['/chat/completions/id', undefined],
  ['/embeddings', 'openai-embeddings'],
  ['https://api.anthropic.com/v1/messages?beta=true', 'anthropic-messages'],
  ['/v1/messages/count_tokens', undefined],
  ['/v1/messages/batches', undefined],
  ['/v1/threads/t1/messages', undefined],
  ['/responses/compact', undefined],
  ['/files?name=/responses', undefined],
  [7, undefined],
])('the API of %s: %s', (path, api) => {
  expect(apiOf(path)).toBe(api)
})
