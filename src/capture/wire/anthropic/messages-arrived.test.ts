import { describe, expect, test } from 'vitest'
import { assistantMessage } from './history.js'
import { MessagesArrived } from './messages-arrived.js'

const start = {
  type: 'message_start',
  message: {
    id: 'msg_1',
    model: 'claude-sonnet-4-5-20250929',
    content: [],
    usage: {
      input_tokens: 10,
      cache_read_input_tokens: 100,
      cache_creation: { ephemeral_5m_input_tokens: 5, ephemeral_1h_input_tokens: 7 },
      output_tokens: 1,
    },
  },
}
const begin = (index: number, block: object) => ({ type: 'content_block_start', index, content_block: block })
const delta = (index: number, change: object) => ({ type: 'content_block_delta', index, delta: change })
const end = {
  type: 'message_delta',
  delta: { stop_reason: 'tool_use', stop_sequence: null },
  usage: { input_tokens: null, output_tokens: 42 },
}

function fed(events: readonly Readonly<Record<string, unknown>>[]) {
  const arrived = new MessagesArrived()
  const made = events.map((event) => arrived.event(event))
  return { arrived, made }
}

describe('a stream', () => {
  const events = [
    start,
    { type: 'ping' },
    begin(0, { type: 'thinking', thinking: '', signature: '' }),
    delta(0, { type: 'thinking_delta', thinking: 'hm' }),
    delta(0, { type: 'signature_delta', signature: 'c2ln' }),
    begin(1, { type: 'text', text: '' }),
    delta(1, { type: 'text_delta', text: 'Let me ' }),
    delta(1, { type: 'text_delta', text: 'see' }),
    begin(2, { type: 'tool_use', id: 't1', name: 'weather', input: {} }),
    delta(2, { type: 'input_json_delta', partial_json: '{"city": ' }),
    delta(2, { type: 'input_json_delta', partial_json: '"Rome"}' }),
    end,
    { type: 'message_stop' },
  ]

  test('is the message that a resend will hold', () => {
    const { arrived } = fed(events)
    const resent = [
      { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
      { type: 'text', text: 'Let me see' },
      { type: 'tool_use', id: 't1', name: 'weather', input: { city: 'Rome' } },
    ]
    expect(arrived.messages()).toEqual([assistantMessage(resent)])
    expect(arrived).toMatchObject({
      complete: true,
      responseId: 'msg_1',
      responseModel: 'claude-sonnet-4-5-20250929',
      finishReason: 'tool_use',
    })
    expect(arrived.text()).toContain('hm')
  })

  test('its first token is what the model made first, thinking too', () => {
    const { made } = fed(events)
    expect(made.indexOf(true)).toBe(3)
  })

  test('its usage is that of the start with what the end says', () => {
    expect(fed(events).arrived.usage).toEqual({ ...start.message.usage, output_tokens: 42 })
  })

  test('that breaks off has counted its input only', () => {
    const { arrived } = fed(events.slice(0, 10))
    expect(arrived.usage).toBeUndefined()
    expect(arrived.startUsage).toEqual(start.message.usage)
    expect(arrived.messages()).toEqual([
      {
        role: 'assistant',
        content: 'Let me see\n[{"id":"t1","name":"weather","arguments":"{\\"city\\": "}]',
      },
    ])
    expect(arrived.complete).toBe(false)
  })

  test('an error in it', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    expect(fed([start, error]).arrived.error).toEqual({ code: 'overloaded_error', message: 'Overloaded' })
  })

  test.each([
    ['of nothing', {}],
    ['without a block', delta(7, { type: 'text_delta', text: 'x' })],
    ['with a null', { type: 'message_delta', delta: null, usage: null }],
    ['of a block that is none', begin(0, [])],
    ['with a hostile key', JSON.parse('{"type":"message_delta","usage":{"__proto__":{"x":1}}}')],
  ])('an odd event %s is lived through', (_name, event) => {
    expect(() => fed([event, start]).arrived.messages()).not.toThrow()
    expect(Reflect.get({}, 'x')).toBeUndefined()
  })

  test('of endlessly many blocks keeps a bounded number', () => {
    const many = Array.from({ length: 5_000 }, (_, index) => begin(index, { type: 'text', text: 'a' }))
    expect(fed(many).arrived.messages()[0]?.content.length).toBe(1_000)
  })
})

describe('a whole answer', () => {
  test.each([
    ['an error', { type: 'error', error: { type: 'api_error', message: 'Oops' } }, 'api_error'],
    ['no content', { id: 'msg_1' }, 'invalid_response'],
  ])('%s', (_name, body, code) => {
    const arrived = new MessagesArrived()
    arrived.whole(body)
    expect(arrived.error?.code).toBe(code)
  })
})
