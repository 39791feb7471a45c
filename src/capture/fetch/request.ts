/** What a call of fetch sends, found without using it up. */
import { isJson, type Json, parseJson } from '../json.js'
import { apiOf, type WireApi } from '../wire/wire.js'

/** What is known before the body is read. */
export interface RequestHead {
  readonly api: WireApi
  readonly url: string
  readonly signal: AbortSignal | undefined
  /** Attempts of an SDK before this one, as it says itself. */
  readonly retries: number
}

export interface CapturedRequest extends RequestHead {
  readonly text: string
  readonly body: Json
}

/** Undefined for all that is not captured. */
export function requestOf(
  input: string | URL | Request,
  init: RequestInit | undefined,
): RequestHead | undefined {
  const request = input instanceof Request ? input : undefined
  const method = init?.method ?? request?.method ?? 'GET'
  if (method.toUpperCase() !== 'POST') return undefined
  const url = request?.url ?? String(input)
  const api = apiOf(url)
  if (api === undefined) return undefined
  const retries = Number(headerOf(init?.headers ?? request?.headers, RETRIES) ?? 0)
  return {
    api,
    url,
    signal: init?.signal ?? request?.signal ?? undefined,
    retries: Number.isSafeInteger(retries) && retries > 0 ? retries : 0,
  }
}

/** How often OpenAI's and Anthropic's SDKs sent it before. */
const RETRIES = 'x-stainless-retry-count'

/** `name` in small letters. A plain object is looked through: a Headers of it costs as much as all else here. */
function headerOf(headers: RequestInit['headers'], name: string): string | undefined {
  if (headers === undefined) return undefined
  if (headers instanceof Headers || Symbol.iterator in headers)
    return new Headers(headers).get(name) ?? undefined
  for (const [key, value] of Object.entries(headers)) {
    if (key.length === name.length && key.toLowerCase() === name) return String(value)
  }
  return undefined
}

/** What is sent, and the init to send it with; the given one cannot be used again when its body is a stream. */
export interface ReadBody {
  /** Undefined when the body is no JSON object: then there is nothing to log. */
  readonly request: CapturedRequest | undefined
  readonly init: RequestInit | undefined
}

export async function bodyOf(
  head: RequestHead,
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<ReadBody> {
  const given = init?.body
  if (given instanceof ReadableStream) {
    const [sent, read] = given.tee()
    // A stream that breaks breaks the request too, which will say so.
    const text = await new Response(read).text().catch(() => '')
    return { request: withBody(head, text), init: { ...init, body: sent } }
  }
  if (given === undefined || given === null) {
    const text = input instanceof Request ? await input.clone().text() : ''
    return { request: withBody(head, text), init }
  }
  return { request: withBody(head, await textOf(given)), init }
}

async function textOf(body: unknown): Promise<string> {
  if (typeof body === 'string') return body
  if (body instanceof ArrayBuffer) return new TextDecoder().decode(body)
  if (ArrayBuffer.isView(body)) {
    return new TextDecoder().decode(new Uint8Array(body.buffer, body.byteOffset, body.byteLength))
  }
  return body instanceof Blob ? body.text() : ''
}

function withBody(head: RequestHead, text: string): CapturedRequest | undefined {
  const body = parseJson(text)
  return isJson(body) ? { ...head, text, body } : undefined
}
