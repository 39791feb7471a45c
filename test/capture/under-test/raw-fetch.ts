/** An application without an SDK: it calls chat completions by fetch. */
import type { FetchLike } from '../../../src/capture/fetch/index.js'
import { isJson, jsonOf, listOf, parseJson } from '../../../src/capture/json.js'
import type { Answer, Ask } from '../contract/contract.js'

export async function askByFetch(fetch: FetchLike, url: string, ask: Ask): Promise<Answer> {
  const system = ask.system === undefined ? [] : [{ role: 'system', content: ask.system }]
  const tools = ask.tools === true ? { tools: [{ type: 'function', function: { name: 'weather' } }] } : {}
  const messages = [...system, { role: 'user', content: ask.text }]
  const signals = [ask.signal, ask.timeout === undefined ? undefined : AbortSignal.timeout(ask.timeout)]
  const response = await fetch(`${url}/v1/chat/completions?${new URLSearchParams(ask.query)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer test', ...ask.headers },
    body: JSON.stringify({ model: 'gpt-4o', messages, stream: ask.stream === true, ...tools }),
    signal: AbortSignal.any(signals.filter((signal) => signal !== undefined)),
  })
  // As careless applications do: the body of a refusal is never read.
  if (!response.ok) throw new Error(`${response.status}`)
  return ask.stream === true ? readStream(response, ask) : answerOf(await response.json())
}

function answerOf(body: unknown): Answer {
  const message = jsonOf(jsonOf(listOf(jsonOf(body).choices)[0]).message)
  return { text: String(message.content ?? ''), toolCalls: listOf(message.tool_calls).length }
}

async function readStream(response: Response, ask: Ask): Promise<Answer> {
  const decoder = new TextDecoder()
  const calls = new Set<unknown>()
  let [unread, text, pieces] = ['', '', 0]
  for await (const bytes of response.body ?? []) {
    const blocks = (unread + decoder.decode(bytes, { stream: true })).split('\n\n')
    unread = blocks.pop() ?? ''
    for (const block of blocks) {
      const chunk = parseJson(block.slice('data: '.length))
      if (block === 'data: [DONE]') continue
      if (!isJson(chunk)) throw new SyntaxError(block)
      if (chunk.error !== undefined) throw new Error(JSON.stringify(chunk.error))
      const delta = jsonOf(jsonOf(listOf(chunk.choices)[0]).delta)
      for (const call of listOf(delta.tool_calls)) calls.add(jsonOf(call).index)
      if (typeof delta.content !== 'string' || delta.content === '') continue
      text += delta.content
      pieces += 1
      ask.onPiece?.(pieces)
      if (pieces === ask.leaveAfter) return { text, toolCalls: calls.size }
    }
  }
  return { text, toolCalls: calls.size }
}
