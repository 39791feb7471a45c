/** A served ledger whose proxy leads to an upstream, both on real sockets. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createNetServer, type Server, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type RunningServer, type ServeOptions, serve } from '../../../src/http/server.js'
import { openTestLedger, type TestLedger } from '../test-ledger.js'

export interface Upstream extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** As they came, newest last. */
  readonly requests: readonly ReceivedRequest[]
}

export interface ReceivedRequest {
  readonly method: string
  readonly url: string
  readonly rawHeaders: readonly string[]
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  readonly rawTrailers: readonly string[]
}

/** An HTTP server that answers when it has the whole request. */
export async function startUpstream(
  answer: (request: ReceivedRequest, response: ServerResponse) => unknown,
): Promise<Upstream> {
  const requests: ReceivedRequest[] = []
  const server = createServer(async (incoming, response) => {
    const body = await buffer(incoming).catch(() => undefined)
    if (body === undefined) return
    const { method = '', url = '', rawHeaders, headers, rawTrailers } = incoming
    const received = { method, url, rawHeaders, headers, body, rawTrailers }
    requests.push(received)
    response.sendDate = false
    await answer(received, response)
  })
  return listening(server, requests, () => server.closeAllConnections())
}

/** A server of bare sockets: `answer` is called once the head of a request came. */
export async function startRawUpstream(answer: (socket: Socket) => void): Promise<Upstream> {
  const sockets = new Set<Socket>()
  const server = createNetServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => answer(socket))
  })
  return listening(server, [], () => {
    for (const socket of sockets) socket.destroy()
  })
}

async function listening(
  server: Server,
  requests: readonly ReceivedRequest[],
  closeConnections: () => void,
): Promise<Upstream> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    async [Symbol.asyncDispose]() {
      closeConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export interface Proxied extends AsyncDisposable {
  readonly test: TestLedger
  readonly server: RunningServer
  /** Of the upstream `up` behind the proxy. */
  readonly url: string
}

export async function startProxy(
  baseUrl: string,
  { upstreams, proxy }: Pick<ServeOptions, 'upstreams' | 'proxy'> = {},
): Promise<Proxied> {
  const test = await openTestLedger()
  const { ledger, projectId, chatId } = test
  const server = await serve({
    ledger,
    host: '127.0.0.1',
    port: 0,
    upstreams: { up: { baseUrl, projectId, chatId, provider: 'openai' }, ...upstreams },
    ...(proxy === undefined ? {} : { proxy }),
  })
  return {
    test,
    server,
    url: `${server.url}/proxy/up`,
    async [Symbol.asyncDispose]() {
      await server.close()
      await test[Symbol.asyncDispose]()
    },
  }
}

export interface Ask {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** Everything a client can tell of an answer. */
export interface Seen {
  readonly status: number | undefined
  readonly reason: string | undefined
  /** But for those of the connection itself. */
  readonly headers: readonly string[]
  readonly body: Buffer
  readonly trailers: readonly string[]
  /** Status and headers of interim answers. */
  readonly interim: readonly (readonly [number, readonly string[]])[]
}

export function ask(url: string, { method = 'GET', headers = {}, body }: Ask = {}): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const interim: [number, readonly string[]][] = []
    const outgoing = request(url, { method, headers, agent: false })
    outgoing.on('information', ({ statusCode, rawHeaders }) => interim.push([statusCode, rawHeaders]))
    outgoing.on('error', reject)
    outgoing.on('response', (answer) => {
      buffer(answer).then(
        (bytes) =>
          resolve({
            status: answer.statusCode,
            reason: answer.statusMessage,
            headers: ofTheMessage(answer.rawHeaders),
            body: bytes,
            trailers: answer.rawTrailers,
            interim,
          }),
        reject,
      )
    })
    outgoing.end(body)
  })
}

const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding'])

/** Names and values in turn, in order. */
export function ofTheMessage(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, index) => {
    const name = rawHeaders[index - (index % 2)] ?? ''
    return !OF_THE_CONNECTION.has(name.toLowerCase())
  })
}

/** A POST of JSON, as SDKs make it. */
export function post(body: unknown, headers: Readonly<Record<string, string>> = {}): Ask {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }
}

export const CHAT = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hello there' }] }
export const USAGE = { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 }
export const COMPLETION = {
  id: 'chatcmpl-1',
  model: 'gpt-4o-2024-08-06',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
  usage: USAGE,
}
