/** One request passed on and its answer passed back, byte for byte and as they come. */
import type { Agent, ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import * as http from 'node:http'
import * as https from 'node:https'
import { Socket } from 'node:net'
import type { ErrorCode } from '../../errors.js'
import { answerHeaders, requestHeaders, trailersOf } from './forwarded-headers.js'
import type { Onlooker } from './onlooker.js'
import type { Target } from './target.js'

/** Answers a request in the place of the upstream. */
export type Refuse = (code: ErrorCode, message: string) => void

export interface Passage {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly target: Target
  readonly agent: Agent
  readonly maxBodyBytes: number
  readonly stallTimeoutMs: number
  readonly refuse: Refuse
  readonly onlooker: Onlooker
}

/** Never throws. The upstream's answer goes to the client, or that of `refuse` when it has none. */
export function forward(passage: Passage): void {
  const { request, refuse, maxBodyBytes } = passage
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) {
    request.resume()
    refuse('PROXY_BODY_TOO_LARGE', `the body is larger than ${maxBodyBytes} bytes`)
    return
  }
  let outgoing: ClientRequest
  try {
    outgoing = send(passage)
  } catch {
    // Node refuses characters in a path or a header that its own server let through.
    request.resume()
    refuse('INVALID_PROXY_PATH', 'the path or a header holds characters that cannot be passed on')
    return
  }
  new Forwarding(passage, outgoing)
}

function send({ request, target, agent }: Passage): ClientRequest {
  const { baseUrl } = target.upstream
  const { request: open } = baseUrl.protocol === 'https:' ? https : http
  return open({
    agent,
    host: baseUrl.hostname.replace(/^\[|\]$/g, ''),
    port: baseUrl.port,
    method: request.method,
    path: target.path,
    headers: requestHeaders(request, baseUrl.host),
    maxHeaderSize: MAX_ANSWER_HEADERS,
  })
}

/** Bytes; some providers set more cookies than Node takes by default. */
const MAX_ANSWER_HEADERS = 64 * 1024

class Forwarding {
  readonly #passage: Passage
  readonly #outgoing: ClientRequest
  #answer: IncomingMessage | undefined
  /** Nothing more goes to the client. */
  #over = false
  #size = 0

  constructor(passage: Passage, outgoing: ClientRequest) {
    this.#passage = passage
    this.#outgoing = outgoing
    const { request, response } = passage
    outgoing.setTimeout(passage.stallTimeoutMs, () => this.#stalled())
    outgoing.on('information', (head) => this.#inform(head))
    outgoing.on('response', (answer) => this.#answered(answer))
    outgoing.on('error', (error) => this.#failed(error))
    outgoing.on('drain', () => request.resume())
    // The client sends on although nobody listens any more: its next request comes behind.
    outgoing.on('close', () => {
      request.resume()
      // As after a 101, of which Node makes no response.
      if (this.#answer === undefined) this.#failed(new Error('the upstream gave no answer'))
    })
    response.on('close', () => this.#closed())
    response.on('drain', () => this.#answer?.resume())
    request.on('data', (bytes: Uint8Array) => this.#requestChunk(bytes))
    request.on('end', () => this.#requestEnded())
    request.on('close', () => passage.onlooker.requestClosed())
    // The end of the response tells that the client is gone.
    request.on('error', () => {})
  }

  #requestChunk(bytes: Uint8Array): void {
    const { request, onlooker, maxBodyBytes } = this.#passage
    this.#size += bytes.length
    if (this.#size > maxBodyBytes) {
      if (this.#over) return
      this.#over = true
      this.#outgoing.destroy()
      this.#breakOff('PROXY_BODY_TOO_LARGE', `the body is larger than ${maxBodyBytes} bytes`)
      // Without an answer nothing was asked.
      if (this.#answer !== undefined) onlooker.failed(new Error('the body is too large'))
      return
    }
    if (!this.#outgoing.destroyed && !this.#outgoing.write(bytes)) request.pause()
    onlooker.requestChunk(bytes)
  }

  #requestEnded(): void {
    if (this.#size > this.#passage.maxBodyBytes) return
    if (!this.#outgoing.destroyed) {
      const trailers = trailersOf(this.#passage.request)
      if (trailers.length > 0) this.#outgoing.addTrailers(trailers)
      this.#outgoing.end()
    }
    this.#passage.onlooker.requestEnded()
  }

  /** Interim answers, such as 103. Node has no call for them but the one that knows links alone. */
  #inform({ statusCode, statusMessage, rawHeaders }: http.InformationEvent): void {
    const { request, response } = this.#passage
    if (this.#over || response.headersSent || request.httpVersion !== '1.1' || statusCode === 100) return
    let head = `HTTP/1.1 ${statusCode} ${statusMessage}\r\n`
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
      const line = `${rawHeaders[at]}: ${rawHeaders[at + 1]}`
      // What a parser let through must begin no line of its own here.
      head += `${line.replace(/[\r\n]+/g, ' ')}\r\n`
    }
    // Without a socket another answer is still being sent on this connection.
    response.socket?.write(`${head}\r\n`, 'latin1')
  }

  #answered(answer: IncomingMessage): void {
    const { request, response, onlooker } = this.#passage
    if (this.#over) return
    this.#answer = answer
    answer.on('data', (bytes: Uint8Array) => {
      if (this.#over) return
      if (!response.write(bytes)) answer.pause()
      onlooker.answerChunk(bytes)
    })
    answer.on('end', () => this.#ended(answer))
    answer.on('error', (error) => this.#failed(error))
    answer.on('close', () => this.#failed(new Error('the upstream closed the connection')))
    response.sendDate = false
    try {
      response.writeHead(answer.statusCode ?? 0, answer.statusMessage, answerHeaders(answer, request))
      // flushHeaders() would send what is beyond ASCII as UTF-8. Without a body the end sends the head.
      response.write('', 'latin1')
    } catch (error) {
      this.#failed(error)
      return
    }
    onlooker.answered(answer)
  }

  #ended(answer: IncomingMessage): void {
    if (this.#over || !answer.complete) return
    this.#over = true
    const { response, onlooker } = this.#passage
    const trailers = trailersOf(answer)
    if (trailers.length > 0) response.addTrailers(trailers)
    response.end()
    onlooker.answerEnded()
  }

  #failed(error: unknown): void {
    if (this.#over) return
    this.#over = true
    this.#outgoing.destroy()
    this.#breakOff('UPSTREAM_FAILED', `the upstream ${this.#passage.target.upstream.name} gave no answer`)
    this.#passage.onlooker.failed(error)
  }

  #stalled(): void {
    if (this.#over) return
    // It is the client that does not read.
    if (this.#answer?.isPaused() === true) {
      this.#passage.response.destroy()
      return
    }
    this.#over = true
    this.#outgoing.destroy()
    this.#breakOff(
      'UPSTREAM_TIMEOUT',
      `the upstream ${this.#passage.target.upstream.name} sent nothing in time`,
    )
    this.#passage.onlooker.stalled()
  }

  /** An answer that began is cut behind what came of it, so that the client cannot take it for whole. */
  #breakOff(code: ErrorCode, message: string): void {
    const { request, response, refuse } = this.#passage
    request.resume()
    if (!response.headersSent) refuse(code, message)
    // HTTP/1.0 knows the end by the end of the connection alone.
    else if (request.httpVersion === '1.0') response.socket?.resetAndDestroy()
    else if (response.socket instanceof Socket) response.socket.destroySoon()
    else response.destroy()
  }

  #closed(): void {
    if (this.#over) return
    this.#over = true
    this.#outgoing.destroy()
    this.#passage.onlooker.clientGone()
  }
}
