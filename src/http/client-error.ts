/** Answers for requests that never became one: not HTTP, too slow, too large a header. Written to the bare socket. */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { answer, type ErrorAnswer } from './error-answer.js'
import type { OpenAnswers } from './open-answers.js'
import { requestIdFrom } from './request-id.js'

/** For Node's `clientError`: answers when the socket still takes it and no answer is under way, and closes. */
export function clientErrorHandler(
  answers: OpenAnswers,
): (error: Error & { code?: string }, socket: Socket) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return
    // A broken connection says that the answer is not whole; text of ours would look like a part of it.
    if (!socket.writable || answers.isUnderWay(socket)) socket.destroy()
    else answerError(error.code, socket)
  }
}

function answerError(code: string | undefined, socket: Socket): void {
  const { status, body } = answerFor(code)
  const json = JSON.stringify(body)
  socket.write(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(json)}`,
      'Connection: close',
      'X-Content-Type-Options: nosniff',
      `X-Request-Id: ${requestIdFrom(undefined)}`,
      '',
      json,
    ].join('\r\n'),
  )
  // The socket of a server stays half open after end().
  socket.destroySoon()
}

function answerFor(code: string | undefined): ErrorAnswer {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return answer('REQUEST_TIMEOUT', 'the request did not arrive in time')
  if (code === 'HPE_HEADER_OVERFLOW') return answer('HEADERS_TOO_LARGE', 'the headers are too large')
  return answer('BAD_REQUEST', 'this is not a well-formed HTTP request')
}
