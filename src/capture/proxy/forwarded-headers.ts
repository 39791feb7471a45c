/** Headers as they go on: raw, in their order and case, without those that hold for one connection only. */
import type { IncomingMessage } from 'node:http'

/** RFC 9110, section 7.6.1, and what older clients send besides. */
const OF_A_CONNECTION = [
  'connection',
  'proxy-connection',
  'keep-alive',
  'te',
  'transfer-encoding',
  'upgrade',
  'trailer',
]
const OF_A_REQUEST: ReadonlySet<string> = new Set([
  ...OF_A_CONNECTION,
  'host',
  'proxy-authorization',
  // Node has answered it by then.
  'expect',
])
const OF_AN_ANSWER: ReadonlySet<string> = new Set([...OF_A_CONNECTION, 'proxy-authenticate'])

/** What is meant for the proxy itself begins so. */
const OWN = 'x-ledgerline-'

/** The headers that the upstream gets: names and values in turn. */
export function requestHeaders(request: IncomingMessage, host: string): string[] {
  const headers = ['Host', host]
  const { headers: read, method } = request
  copy(headers, request, (name) => !OF_A_REQUEST.has(name) && !name.startsWith(OWN))
  if (read['transfer-encoding'] !== undefined) {
    headers.push('Transfer-Encoding', 'chunked')
    if (read.trailer !== undefined) headers.push('Trailer', read.trailer)
  } else if (read['content-length'] === undefined && takesBody(method)) headers.push('Content-Length', '0')
  if (/\btrailers\b/i.test(String(read.te ?? ''))) headers.push('TE', 'trailers')
  return headers
}

/** The headers that the client gets. Trailers are announced where they can follow. */
export function answerHeaders(answer: IncomingMessage, request: IncomingMessage): string[] {
  const headers: string[] = []
  const announces = isChunked(answer) && mayHaveTrailers(answer, request)
  copy(headers, answer, (name) => !OF_AN_ANSWER.has(name) || (announces && name === 'trailer'))
  return headers
}

/** Name and value of each trailer. */
export function trailersOf(message: IncomingMessage): [string, string][] {
  const { rawTrailers } = message
  const trailers: [string, string][] = []
  for (let at = 0; at + 1 < rawTrailers.length; at += 2) {
    trailers.push([rawTrailers[at] ?? '', rawTrailers[at + 1] ?? ''])
  }
  return trailers
}

function copy(
  to: string[],
  { rawHeaders, headers }: IncomingMessage,
  goesOn: (name: string) => boolean,
): void {
  const named = namesIn(headers.connection)
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = [rawHeaders[at], rawHeaders[at + 1]]
    const lower = name.toLowerCase()
    if (!goesOn(lower) || named?.has(lower) === true) continue
    to.push(name, value)
  }
}

/** Further headers of the connection, by the sender's own words; never those that frame the body. */
function namesIn(connection: string | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || /^(?:keep-alive|close)$/i.test(connection)) return undefined
  const names = new Set(connection.toLowerCase().split(/[\s,]+/))
  names.delete('content-length')
  return names
}

/** Methods for which Node would else announce a body of chunks. */
function takesBody(method: string | undefined): boolean {
  return method === 'POST' || method === 'PUT' || method === 'PATCH'
}

function isChunked(message: IncomingMessage): boolean {
  return /\bchunked\b/i.test(message.headers['transfer-encoding'] ?? '')
}

/** Node ends an answer without a body, and one for HTTP/1.0, by an error when it announces trailers. */
function mayHaveTrailers(answer: IncomingMessage, request: IncomingMessage): boolean {
  const { statusCode } = answer
  return (
    request.method !== 'HEAD' && request.httpVersion === '1.1' && statusCode !== 204 && statusCode !== 304
  )
}
