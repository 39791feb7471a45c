import { describe, expect, test } from 'vitest'
import { withToolCalls } from '../tool-calls.js'
import { chatHistory, chatMessage, responsesHistory, responsesItems } from './history.js'

const call = { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } }
const callText = '[{"id":"c1","name":"weather","arguments":"{\\"city\\":\\"Rome\\"}"}]'

describe('chat completions', () => {
  test.each([
    ['text', { role: 'user', content: 'hi' }, { role: 'user', content: 'hi' }],
    [
      'developer is system',
      { role: 'developer', content: 'be brief' },
      { role: 'system', content: 'be brief' },
    ],
    ['function is tool', { role: 'function', content: '21' }, { role: 'tool', content: '21' }],
    ['an unknown role is a user', { role: 'narrator', content: 'once' }, { role: 'user', content: 'once' }],
    [
      'tool calls',
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'assistant', content: callText },
    ],
    [
      'text and tool calls',
      { role: 'assistant', content: 'One moment', tool_calls: [call] },
      { role: 'assistant', content: `One moment\n${callText}` },
    ],
    [
      'a refusal',
      { role: 'assistant', content: null, refusal: 'No.' },
      { role: 'assistant', content: 'No.' },
    ],
    [
      'parts',
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      },
      { role: 'user', content: 'What is this?\n[image_url]' },
    ],
    [
      'speech',
      { role: 'assistant', content: null, audio: { id: 'a1', data: 'UklGRg==', transcript: 'Warm.' } },
      { role: 'assistant', content: 'Warm.' },
    ],
    [
      'speech that is resent',
      { role: 'assistant', audio: { id: 'a1' } },
      { role: 'assistant', content: '[audio]' },
    ],
    ['nothing', { role: 'assistant' }, { role: 'assistant', content: '' }],
  ])('%s', (_name, message, expected) => {
    expect(chatMessage(message)).toEqual(expected)
  })

  test('what is no message is passed over', () => {
    expect(chatHistory({ messages: [null, 'x', { role: 'user', content: 'a' }] })).toHaveLength(1)
    expect(chatHistory({ messages: 'x' })).toEqual([])
  })
})

describe('responses', () => {
  test('instructions and a text', () => {
    expect(responsesHistory({ instructions: 'be brief', input: 'hi' })).toEqual([
      { role: 'system', content: 'be brief' },
      { role: 'user', content: 'hi' },
    ])
  })
  test('items', () => {
    const items = [
      { role: 'user', content: [{ type: 'input_text', text: 'hi' }, { type: 'input_image' }] },
      { type: 'reasoning', summary: [] },
      { type: 'function_call', call_id: 'c1', name: 'weather', arguments: '{"city":"Rome"}' },
      { type: 'function_call_output', call_id: 'c1', output: '21' },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Warm' }] },
      { type: 'web_search_call', id: 'w' },
    ]
    expect(responsesItems(items)).toEqual([
      { role: 'user', content: 'hi\n[input_image]' },
      { role: 'assistant', content: callText },
      { role: 'tool', content: '21' },
      { role: 'assistant', content: 'Warm' },
      { role: 'assistant', content: '[web_search_call]' },
    ])
  })
})

test('no calls leave the text', () => {
  expect(withToolCalls('a', [])).toBe('a')
})
