import { describe, expect, test } from 'vitest'
import { askForUsage, hideUsage, refusesUsage } from './include-usage.js'

describe('askForUsage', () => {
  const ask = (body: Record<string, unknown>): unknown => {
    const changed = askForUsage(body, JSON.stringify(body))
    return changed === undefined ? undefined : JSON.parse(changed)
  }
  test.each([
    ['no stream', { model: 'm' }],
    ['stream: false', { model: 'm', stream: false }],
    ['the caller asks', { model: 'm', stream: true, stream_options: { include_usage: true } }],
  ])('leaves the body: %s', (_name, body) => {
    expect(ask(body)).toBeUndefined()
  })
  test.each([
    ['nothing said', { model: 'm', stream: true }, {}],
    ['null', { model: 'm', stream: true, stream_options: null }, {}],
    ['refused', { model: 'm', stream: true, stream_options: { include_usage: false } }, {}],
    ['other options', { model: 'm', stream: true, stream_options: { x: 1 } }, { x: 1 }],
  ])('asks: %s', (_name, body, kept) => {
    expect(ask(body)).toEqual({ ...body, stream_options: { ...kept, include_usage: true } })
  })
  test('a body that is no text is left', () => {
    expect(askForUsage({ stream: true }, new Uint8Array())).toBeUndefined()
  })
})

test.each([
  [400, '{"error":{"message":"Unrecognized request argument: stream_options"}}', true],
  [422, 'include_usage: extra inputs are not permitted', true],
  [400, '{"error":{"message":"bad temperature"}}', false],
  [500, 'stream_options', false],
])('refusesUsage: %s %s', (status, answer, refused) => {
  expect(refusesUsage(status, answer)).toBe(refused)
})

describe('hideUsage', () => {
  const shown = (chunk: Record<string, unknown>): string | undefined => {
    const data = JSON.stringify(chunk)
    const left = hideUsage(new TextEncoder().encode(`data: ${data}\n\n`), data, chunk)
    return left === undefined ? undefined : Buffer.from(left).toString()
  }
  test('takes the chunk that only holds the usage', () => {
    expect(shown({ id: '1', choices: [], usage: { prompt_tokens: 1 } })).toBeUndefined()
  })
  test('takes `usage: null` out of the others', () => {
    expect(shown({ id: '1', choices: [{ delta: { content: 'a' } }], usage: null })).toBe(
      'data: {"id":"1","choices":[{"delta":{"content":"a"}}]}\n\n',
    )
  })
  test.each(['\n', '\r\n', '\r'])('leaves the other lines of the block, with line ends %j', (end) => {
    const data = '{"id":"1","usage":null}'
    const block = [': hi', 'id: 7', `data: ${data}`, 'event: x', '', ''].join(end)
    const left = hideUsage(new TextEncoder().encode(block), data, JSON.parse(data))
    expect(Buffer.from(left ?? []).toString()).toBe(block.replace(',"usage":null', ''))
  })
  test('gives data of several lines as one', () => {
    const data = '{"id":"1",\n"n":1,"usage":null}'
    const block = data
      .split('\n')
      .map((line) => `data: ${line}\n`)
      .join('')
    const left = hideUsage(new TextEncoder().encode(`${block}\n`), data, JSON.parse(data))
    expect(Buffer.from(left ?? []).toString()).toBe('data: {"id":"1","n":1}\n\n')
  })
  test.each([
    ['first', { usage: null, id: '1' }],
    ['in the middle', { id: '1', usage: null, choices: [] }],
    ['beside a nested one', { id: '1', x: { a: 1, usage: null }, usage: null }],
    ['before a nested one', { usage: null, x: { a: 1, usage: null } }],
    ['beside a text that looks like it', { id: ',"usage":null', usage: null }],
  ])('takes only its own null out: %s', (_name, chunk) => {
    const { usage: _, ...rest } = chunk
    expect(JSON.parse(shown(chunk)?.slice(6) ?? '')).toEqual(rest)
  })
  test.each([
    ['no usage', { id: '1', choices: [{ delta: {} }] }],
    ['usage beside a choice', { id: '1', choices: [{ delta: {} }], usage: { prompt_tokens: 1 } }],
    ['a first chunk without choices', { id: '1', choices: [], prompt_filter_results: [] }],
  ])('leaves %s', (_name, chunk) => {
    expect(shown(chunk)).toBe(`data: ${JSON.stringify(chunk)}\n\n`)
  })
})
