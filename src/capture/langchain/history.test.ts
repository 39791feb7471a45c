import { expect, test } from 'vitest'
import { messagesHistory } from './history.js'

test.each<[string, unknown, object]>([
  ['text', { type: 'human', content: 'hi' }, { role: 'user', content: 'hi' }],
  ['a method for the type', { _getType: () => 'system', content: 'hi' }, { role: 'system', content: 'hi' }],
  ['a role of its own', { type: 'generic', role: 'assistant', content: 'hi' }, { role: 'assistant' }],
  ['a result of a tool', { type: 'tool', content: '{"a":1}' }, { role: 'tool', content: '{"a":1}' }],
  [
    'blocks',
    {
      type: 'human',
      content: [
        { type: 'text', text: 'a' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
      ],
    },
    { content: 'a\n[image_url]' },
  ],
  [
    'tool calls, which stand in blocks too',
    {
      type: 'ai',
      content: [
        { type: 'thinking', thinking: 'hm' },
        { type: 'text', text: 'a' },
        { type: 'tool_use', id: 'c', name: 'f', input: {} },
      ],
      tool_calls: [{ id: 'c', name: 'f', args: { x: 1 } }],
    },
    { role: 'assistant', content: 'a\n[{"id":"c","name":"f","arguments":"{\\"x\\":1}"}]' },
  ],
  ['nothing', { type: 'ai', content: null }, { role: 'assistant', content: '' }],
])('a message with %s', (_name, message, expected) => {
  expect(messagesHistory([message])).toMatchObject([expected])
})

test('what is no list of messages is no history', () => {
  expect([undefined, 'text', [1, null, 'x']].flatMap(messagesHistory)).toEqual([])
})
