/** How Anthropic's SDK asks, whatever captures it. */
import { Anthropic } from '@anthropic-ai/sdk'
import type { Answer, Ask } from '../contract/contract.js'

const weather = { name: 'weather', input_schema: { type: 'object' as const, properties: {} } }

export function anthropicClient(ask: Ask, url: string, fetch?: typeof globalThis.fetch): Anthropic {
  return new Anthropic({
    apiKey: 'test',
    baseURL: url,
    maxRetries: ask.maxRetries ?? 0,
    logLevel: 'off',
    ...(ask.timeout === undefined ? {} : { timeout: ask.timeout }),
    ...(ask.query === undefined ? {} : { defaultQuery: ask.query }),
    ...(fetch === undefined ? {} : { fetch }),
  })
}

export async function askAnthropic(client: Anthropic, ask: Ask): Promise<Answer> {
  const body = {
    model: 'claude-test',
    max_tokens: 100,
    messages: [{ role: 'user' as const, content: ask.text }],
    ...(ask.system === undefined ? {} : { system: ask.system }),
    ...(ask.tools === true ? { tools: [weather] } : {}),
  }
  const options = {
    ...(ask.signal === undefined ? {} : { signal: ask.signal }),
    ...(ask.headers === undefined ? {} : { headers: ask.headers }),
  }
  if (ask.stream !== true) {
    const { content } = await client.messages.create(body, options)
    const text = content.map((block) => (block.type === 'text' ? block.text : '')).join('')
    return { text, toolCalls: content.filter((block) => block.type === 'tool_use').length }
  }
  let text = ''
  let pieces = 0
  let toolCalls = 0
  for await (const event of await client.messages.create({ ...body, stream: true }, options)) {
    if (event.type === 'content_block_start' && event.content_block.type === 'tool_use') toolCalls += 1
    if (event.type !== 'content_block_delta' || event.delta.type !== 'text_delta') continue
    text += event.delta.text
    pieces += 1
    ask.onPiece?.(pieces)
    if (pieces === ask.leaveAfter) break
  }
  return { text, toolCalls }
}

/** The events of a message stream with these pieces, without its end. */
export function messageEvents(pieces: readonly string[]): string {
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5-20250929',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 9, output_tokens: 1 },
  }
  return [
    { type: 'message_start', message },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...pieces.map((text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
  ]
    .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    .join('')
}

export function messageErrorEvent(code: string, message: string): string {
  return `event: error\ndata: ${JSON.stringify({ type: 'error', error: { type: code, message } })}\n\n`
}
