/** How the OpenAI SDK asks, whatever captures it. */
import { OpenAI } from 'openai'
import type { Answer, Ask } from '../contract/contract.js'

const weather = {
  type: 'function' as const,
  function: { name: 'weather', parameters: { type: 'object', properties: {} } },
}

export function openAIClient(ask: Ask, url: string, fetch?: typeof globalThis.fetch): OpenAI {
  return new OpenAI({
    apiKey: 'test',
    baseURL: `${url}/v1`,
    maxRetries: ask.maxRetries ?? 0,
    logLevel: 'off',
    ...(ask.timeout === undefined ? {} : { timeout: ask.timeout }),
    ...(ask.query === undefined ? {} : { defaultQuery: ask.query }),
    ...(fetch === undefined ? {} : { fetch }),
  })
}

export async function askOpenAI(client: OpenAI, ask: Ask): Promise<Answer> {
  const body = {
    model: 'gpt-4o',
    messages: [
      ...(ask.system === undefined ? [] : [{ role: 'system' as const, content: ask.system }]),
      { role: 'user' as const, content: ask.text },
    ],
    ...(ask.tools === true ? { tools: [weather] } : {}),
  }
  const options = {
    ...(ask.signal === undefined ? {} : { signal: ask.signal }),
    ...(ask.headers === undefined ? {} : { headers: ask.headers }),
  }
  if (ask.stream !== true) {
    const { choices } = await client.chat.completions.create(body, options)
    const message = choices[0]?.message
    return { text: message?.content ?? '', toolCalls: message?.tool_calls?.length ?? 0 }
  }
  let text = ''
  let pieces = 0
  const calls = new Set<number>()
  for await (const chunk of await client.chat.completions.create({ ...body, stream: true }, options)) {
    const delta = chunk.choices[0]?.delta
    for (const call of delta?.tool_calls ?? []) calls.add(call.index)
    if (!delta?.content) continue
    text += delta.content
    pieces += 1
    ask.onPiece?.(pieces)
    if (pieces === ask.leaveAfter) break
  }
  return { text, toolCalls: calls.size }
}

/** The chunks of a chat stream with these pieces, without its end. */
export function chatEvents(pieces: readonly string[]): string {
  const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o-2024-08-06' }
  return pieces
    .map((content) => ({ ...head, choices: [{ index: 0, delta: { content }, finish_reason: null }] }))
    .map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
    .join('')
}

export function chatErrorEvent(code: string, message: string): string {
  return `data: ${JSON.stringify({ error: { code, message } })}\n\n`
}
