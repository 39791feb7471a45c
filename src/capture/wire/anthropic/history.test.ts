import { describe, expect, test } from 'vitest'
import { assistantMessage, messagesHistory } from './history.js'

const use = { type: 'tool_use', id: 't1', name: 'weather', input: { city: 'Rome' } }
const useText = '[{"id":"t1","name":"weather","arguments":"{\\"city\\":\\"Rome\\"}"}]'

describe('messages', () => {
  test.each([
    ['text', { role: 'user', content: 'hi' }, [{ role: 'user', content: 'hi' }]],
    [
      'blocks',
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'image', source: {} },
        ],
      },
      [{ role: 'user', content: 'Look\n[image]' }],
    ],
    [
      'a tool result',
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: '21' }] }],
      },
      [{ role: 'tool', content: '21' }],
    ],
    [
      'a tool result and a question',
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 't1', content: '21' },
          { type: 'text', text: 'And Oslo?' },
        ],
      },
      [
        { role: 'tool', content: '21' },
        { role: 'user', content: 'And Oslo?' },
      ],
    ],
    [
      'an answer with thinking and a tool',
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm', signature: 's' },
          { type: 'text', text: 'Let me see' },
          use,
        ],
      },
      [{ role: 'assistant', content: `Let me see\n${useText}` }],
    ],
    ['nothing', { role: 'user' }, [{ role: 'user', content: '' }]],
    ['an unknown role', { role: 'narrator', content: 'once' }, [{ role: 'user', content: 'once' }]],
  ])('%s', (_name, message, expected) => {
    expect(messagesHistory({ messages: [message] })).toEqual(expected)
  })

  test.each([
    ['a text', 'Be kind.'],
    ['blocks', [{ type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral' } }]],
  ])('the system prompt stands first: %s', (_name, system) => {
    const body = { system, messages: [null, 'x', { role: 'user', content: 'hi' }] }
    expect(messagesHistory(body)).toEqual([
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'hi' },
    ])
  })

  test('what is no list holds no messages', () => {
    expect(messagesHistory({ messages: 'x', system: 7 })).toEqual([])
  })
})

test('the pieces of a cited answer are one text', () => {
  const blocks = [
    { type: 'text', text: 'It is ' },
    { type: 'text', text: 'warm', citations: [{}] },
    { type: 'web_search_tool_result', content: [] },
  ]
  expect(assistantMessage(blocks)).toEqual({
    role: 'assistant',
    content: 'It is warm[web_search_tool_result]',
  })
})
