/** A provider that writes exactly the bytes a test gives, for what aimock does not do. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface RawRequest {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  /** As sent. */
  readonly text: string
  readonly body: Readonly<Record<string, unknown>>
}

export type RawHandler = (request: RawRequest, response: ServerResponse) => void | Promise<void>

export interface RawProvider extends AsyncDisposable {
  readonly url: string
  readonly requests: readonly RawRequest[]
}

export async function startRawProvider(handler: RawHandler): Promise<RawProvider> {
  const requests: RawRequest[] = []
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    const request = {
      path: incoming.url ?? '',
      headers: incoming.headers,
      text,
      body: text === '' ? {} : JSON.parse(text),
    }
    requests.push(request)
    await handler(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** The chunks of a chat stream as OpenAI sends them: with `usage` only when asked for, and then on every chunk. */
export function chatChunks(
  request: RawRequest,
  content: readonly string[],
  usage: Record<string, unknown> = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
): Record<string, unknown>[] {
  const options = request.body.stream_options
  const asked =
    typeof options === 'object' && options !== null && 'include_usage' in options && options.include_usage
  const head = {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1700000000,
    model: 'gpt-4o-2024-08-06',
  }
  const chunk = (delta: Record<string, unknown>, finish: string | null): Record<string, unknown> => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...(asked ? { usage: null } : {}),
  })
  return [
    chunk({ role: 'assistant', content: '' }, null),
    ...content.map((text) => chunk({ content: text }, null)),
    chunk({}, 'stop'),
    ...(asked ? [{ ...head, choices: [], usage }] : []),
  ]
}

export function sse(chunks: readonly unknown[], lineEnd = '\n'): string {
  const events = [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]']
  return events.map((data) => `data: ${data}${lineEnd}${lineEnd}`).join('')
}

export function startStream(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'content-type': 'text/event-stream' })
}
