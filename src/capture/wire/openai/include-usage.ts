/** Asking a chat stream for its usage where the application did not, and keeping that from the application. */
import { type Json, jsonOf, parseJson } from '../../json.js'

const ASKING = '{"stream_options":{"include_usage":true}'

/** The body with `include_usage`, or undefined when nothing is to be asked: no stream, or it asks by itself. */
export function askForUsage(body: Json, sent: unknown): string | undefined {
  if (body.stream !== true || typeof sent !== 'string') return undefined
  // Another capture outside this one has asked and will hide it.
  if (sent.startsWith(ASKING)) return undefined
  const given = jsonOf(body.stream_options)
  if (given.include_usage === true) return undefined
  if (body.stream_options === undefined && sent.startsWith('{"')) {
    return `${ASKING},${sent.slice(1)}`
  }
  const parsed = jsonOf(parseJson(sent))
  return JSON.stringify({ ...parsed, stream_options: { ...given, include_usage: true } })
}

/** The same with what is sent around it; undefined also where the body must stay as it is. */
export function askingForUsage(body: Json, init: RequestInit): RequestInit | undefined {
  const headers = new Headers(init.headers)
  // A signature over the body would no longer hold.
  if (headers.get('authorization')?.startsWith('AWS4-')) return undefined
  const asking = askForUsage(body, init.body)
  if (asking === undefined) return undefined
  if (headers.has('content-length')) headers.set('content-length', String(Buffer.byteLength(asking)))
  return { ...init, headers, body: asking }
}

/** Such an answer to the body above means that the provider does not know the option. */
export function refusesUsage(status: number, answer: string): boolean {
  return (status === 400 || status === 422) && /stream_options|include_usage/.test(answer)
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * A block of the stream, with its data as text and as JSON, as it would be had nothing been asked: without the chunk
 * that only holds the usage, and without the `usage: null` that the others carry. Undefined when nothing is left.
 */
export function hideUsage(block: Uint8Array, data: string, chunk: Json): Uint8Array | undefined {
  if (!('usage' in chunk)) return block
  if (chunk.usage !== null) {
    return Array.isArray(chunk.choices) && chunk.choices.length === 0 ? undefined : block
  }
  return encoder.encode(withData(decoder.decode(block), withoutNull(data) ?? stringifyRest(chunk)))
}

/** The block with other data; its comments, `id` and `event` lines and its line ends stay. */
function withData(block: string, data: string): string {
  let isReplaced = false
  return block.replace(/^data(?::[^\r\n]*)?(\r\n|\n|\r|$)/gm, (_, end: string) => {
    if (isReplaced) return ''
    isReplaced = true
    return `data: ${data}${end}`
  })
}

const NULL_USAGE = '"usage":null'

/**
 * The text cut where the field stands. Quotes inside JSON strings are escaped, so what looks like the field is one;
 * when there is a second one, deeper, the text does not tell them apart.
 */
function withoutNull(data: string): string | undefined {
  // Text of several lines would lose the `data:` of the others.
  if (data.includes('\n')) return undefined
  const at = data.indexOf(NULL_USAGE)
  if (at < 1 || data[at - 1] !== ',' || at !== data.lastIndexOf(NULL_USAGE)) return undefined
  return data.slice(0, at - 1) + data.slice(at + NULL_USAGE.length)
}

function stringifyRest({ usage: _, ...rest }: Json): string {
  return JSON.stringify(rest)
}
