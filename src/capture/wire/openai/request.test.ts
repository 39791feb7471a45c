import { describe, expect, test } from 'vitest'
import { startOfChat, startOfEmbeddings, startOfResponse } from './request.js'

describe('what a request says of itself', () => {
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
    const start = startOfChat(body, 'https://api.openai.com/v1')
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
    const start = startOfResponse(body, undefined)
    expect(start.model).toBe('unknown')
    expect(start.params).toEqual({ reasoning_effort: 'low', response_format: 'text' })
    expect(start.outputFormat).toBeUndefined()
    expect(start.history).toEqual([{ role: 'user', content: 'hi' }])
  })

  test.each([
    ['a text', 'hello', ['hello']],
    ['texts', ['a', 'b'], ['a', 'b']],
    ['tokens', [[1, 2], [3]], []],
    ['nothing', undefined, []],
  ])('embeddings of %s are counted, and no conversation', (_name, input, inputs) => {
    const start = startOfEmbeddings({ model: 'text-embedding-3-small', input, dimensions: 8 }, undefined)
    expect(start).toMatchObject({ requestType: 'embedding', history: [], params: { dimensions: 8 } })
    expect(start.inputs).toEqual(inputs)
  })
})
