import { describe, expect, test } from 'vitest'
import { describeRequest, endpointOf, providerOf } from './request.js'

test.each([
  ['https://api.openai.com/v1', 'openai'],
  ['https://eu.api.openai.com/v1', 'openai'],
  ['https://mine.openai.azure.com/openai', 'azure'],
  ['https://openrouter.ai/api/v1', 'openrouter'],
  ['https://notopenai.com/v1', 'notopenai.com'],
  ['http://127.0.0.1:8080/v1', '127.0.0.1'],
  ['nonsense', 'unknown'],
  [undefined, 'unknown'],
])('provider of %s: %s', (url, provider) => {
  expect(providerOf(url)).toBe(provider)
})

test.each([
  ['/chat/completions', 'chat.completions'],
  ['/v1/chat/completions', 'chat.completions'],
  ['/responses', 'responses'],
  ['/embeddings', undefined],
  ['/chat/completions/id', undefined],
  ['/responses/compact', undefined],
  [7, undefined],
])('endpoint of %s: %s', (path, endpoint) => {
  expect(endpointOf(path)).toBe(endpoint)
})

describe('describeRequest', () => {
  test('keeps settings and counts, and nothing a user wrote', () => {
    const body = {
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'my secret' }],
      temperature: 0.2,
      max_tokens: 50,
      user: 'anna@example.org',
      metadata: { note: 'private' },
      tools: [{ type: 'function', function: { name: 'f' } }],
      tool_choice: { type: 'function', function: { name: 'f' } },
      response_format: { type: 'json_schema', json_schema: {} },
    }
    const start = describeRequest('chat.completions', body, 'https://api.openai.com/v1')
    expect(start.params).toEqual({
      temperature: 0.2,
      max_tokens: 50,
      tools_count: 1,
      tool_choice: 'function',
      response_format: 'json_schema',
    })
    expect(start.outputFormat).toBe('json')
    expect(start.provider).toBe('openai')
  })

  test('responses', () => {
    const body = { input: 'hi', reasoning: { effort: 'low' }, text: { format: { type: 'text' } } }
    const start = describeRequest('responses', body, undefined)
    expect(start.model).toBe('unknown')
    expect(start.params).toEqual({ reasoning_effort: 'low', response_format: 'text' })
    expect(start.outputFormat).toBeUndefined()
    expect(start.history).toEqual([{ role: 'user', content: 'hi' }])
  })
})
