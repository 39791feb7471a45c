import { expect, test } from 'vitest'
import { startOfMessages } from './request.js'

test('a messages request keeps settings and counts, and nothing a user wrote', () => {
  const body = {
    model: 'claude-sonnet-4-5',
    system: 'my secret',
    messages: [{ role: 'user', content: 'my secret' }],
    metadata: { user_id: 'anna' },
    max_tokens: 50,
    temperature: 0.2,
    top_k: 4,
    stop_sequences: ['secret'],
    thinking: { type: 'enabled', budget_tokens: 1024 },
    tools: [{ name: 'weather', input_schema: {} }],
    tool_choice: { type: 'tool', name: 'weather' },
    output_config: { effort: 'low', format: { type: 'json_schema', schema: {} } },
  }
  const start = startOfMessages(body, 'https://api.anthropic.com')
  expect(start.params).toEqual({
    max_tokens: 50,
    temperature: 0.2,
    top_k: 4,
    thinking: 'enabled',
    thinking_budget_tokens: 1024,
    tools_count: 1,
    tool_choice: 'tool',
    reasoning_effort: 'low',
    response_format: 'json_schema',
  })
  expect(start).toMatchObject({ model: 'claude-sonnet-4-5', provider: 'anthropic', outputFormat: 'json' })
})

test.each([[{}], [{ model: 7, messages: {}, thinking: [], tools: 'x' }]])(
  'any body is lived through: %j',
  (body) => {
    expect(startOfMessages(body, undefined)).toMatchObject({ model: 'unknown', history: [], params: {} })
  },
)
