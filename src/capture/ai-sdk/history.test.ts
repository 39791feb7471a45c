import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answerMessage, promptHistory } from './history.js'

const call = { type: 'tool-call', toolCallId: 'c', toolName: 'f' }

test.each<[string, unknown, object[]]>([
  ['a system message', { role: 'system', content: 'Be kind.' }, [{ role: 'system', content: 'Be kind.' }]],
  [
    'parts',
    {
      role: 'user',
      content: [
        { type: 'text', text: 'a' },
        { type: 'file', data: new Uint8Array(3) },
      ],
    },
    [{ role: 'user', content: 'a\n[file]' }],
  ],
  [
    'an answer without its reasoning',
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'hm' },
        { type: 'text', text: 'a' },
      ],
    },
    [{ role: 'assistant', content: 'a' }],
  ],
  [
    'results of tools, each by itself',
    {
      role: 'tool',
      content: [
        { type: 'tool-result', output: { type: 'text', value: 'a' } },
        { type: 'tool-result', output: { type: 'json', value: { b: 1 } } },
        { type: 'tool-result', output: { type: 'content', value: [{ type: 'text', text: 'c' }] } },
      ],
    },
    ['a', '{"b":1}', 'c'].map((content) => ({ role: 'tool', content })),
  ],
])('%s', (_name, message, expected) => {
  expect(promptHistory([message])).toEqual(expected)
})

test('an answer is the same message when it is sent again, where inputs of tools are values', () => {
  fc.assert(
    fc.property(fc.string(), fc.dictionary(fc.string(), fc.jsonValue()), (text, input) => {
      const parts = [{ type: 'text', text }]
      const arrived = answerMessage([...parts, { ...call, input: JSON.stringify(input) }])
      const resent = [...parts, { ...call, input: JSON.parse(JSON.stringify(input)) }]
      expect(promptHistory([{ role: 'assistant', content: resent }])).toEqual([arrived])
    }),
  )
})

test('what is no prompt is no history', () => {
  expect([undefined, 'text', [1, null]].flatMap(promptHistory)).toEqual([])
})
