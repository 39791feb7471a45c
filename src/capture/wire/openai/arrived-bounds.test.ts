import { expect, test } from 'vitest'
import { ChatArrived } from './chat-arrived.js'
import { ResponsesArrived } from './responses-arrived.js'

const MAX_CHARACTERS = 4_000_000
const MAX_PARTS = 1_000

const lengthOf = (messages: readonly { readonly content: string }[]): number =>
  messages.reduce((sum, { content }) => sum + content.length, 0)

function calling(arrived: ChatArrived, index: number, name: string, args: string): void {
  const call = { index, id: `c${index}`, function: { name, arguments: args } }
  arrived.event({ choices: [{ index: 0, delta: { tool_calls: [call] } }] })
}

test('of an endless row of tool calls the first thousand are kept', () => {
  const arrived = new ChatArrived()
  for (let i = 0; i < MAX_PARTS + 5; i++) calling(arrived, i, 'f', '{}')
  // A piece of a call that is known still belongs to it.
  calling(arrived, 0, 'oo', '')
  const calls = JSON.parse(arrived.messages()[0]?.content ?? '')
  expect(calls).toHaveLength(MAX_PARTS)
  expect(calls[0]).toEqual({ id: 'c0', name: 'foo', arguments: '{}' })
})

test('all tool calls together hold as much as an answer may', () => {
  const arrived = new ChatArrived()
  const args = 'x'.repeat(MAX_CHARACTERS / 4)
  for (let i = 0; i < 20; i++) calling(arrived, i, 'f', args)
  expect(lengthOf(arrived.messages())).toBeLessThan(MAX_CHARACTERS * 1.1)
})

test('of a name without an end only the beginning is kept', () => {
  const arrived = new ChatArrived()
  for (let i = 0; i < 20; i++) calling(arrived, 0, 'n'.repeat(MAX_CHARACTERS / 4), '')
  expect(lengthOf(arrived.messages())).toBeLessThan(MAX_CHARACTERS * 1.1)
})

test.each([
  ['a thousand items', MAX_PARTS + 5, 'hi', MAX_PARTS],
  ['as many characters as an answer may have', 20, 'x'.repeat(MAX_CHARACTERS / 4), 4],
])('of the items of a broken stream of responses %s are kept', (_name, count, text, kept) => {
  const arrived = new ResponsesArrived()
  const item = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] }
  for (let i = 0; i < count; i++) arrived.event({ type: 'response.output_item.done', item })
  expect(arrived.messages()).toHaveLength(kept)
})
