/** The body of an export, in either of its two encodings, to the form that OTLP has in JSON. */
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { checkSpanCount, decodeTraces, TooManySpans } from '../../capture/otlp/index.js'
import { LedgerlineError } from '../../index.js'
import { parseJsonBody } from '../json-body.js'

export const JSON_TYPE = 'application/json'
export const PROTOBUF_TYPE = 'application/x-protobuf'

/** Of a body as it came, and of what it inflates to. */
const MAX_BYTES = 16 * 1024 * 1024

const inflate = promisify(gunzip)

/** Throws LedgerlineError UNSUPPORTED_ENCODING unless the body comes as it is or in gzip, once. */
export function checkEncoding(contentEncoding: string | undefined): void {
  if (!isGzip(contentEncoding) && !isIdentity(contentEncoding)) {
    throw new LedgerlineError('UNSUPPORTED_ENCODING', 'the Content-Encoding is neither gzip nor identity', {
      operation: 'readBody',
    })
  }
}

/** Throws LedgerlineError BODY_TOO_LARGE, BAD_OTLP, BAD_JSON. */
export async function readExport(
  body: Uint8Array,
  contentType: string,
  contentEncoding: string | undefined,
): Promise<unknown> {
  const bytes = isGzip(contentEncoding) ? await inflated(body) : body
  if (isProtobuf(contentType)) return decoded(bytes)
  const request = parseJsonBody(bytes)
  try {
    checkSpanCount(request)
  } catch (error) {
    throw tooLarge((error as Error).message)
  }
  return request
}

export function isProtobuf(contentType: string | undefined): boolean {
  return contentType?.split(';')[0]?.trim().toLowerCase() === PROTOBUF_TYPE
}

function isGzip(contentEncoding: string | undefined): boolean {
  return contentEncoding?.trim().toLowerCase() === 'gzip'
}

function isIdentity(contentEncoding: string | undefined): boolean {
  return ['', 'identity'].includes(contentEncoding?.trim().toLowerCase() ?? '')
}

async function inflated(body: Uint8Array): Promise<Uint8Array> {
  let bytes: Uint8Array
  try {
    bytes = await inflate(body, { maxOutputLength: MAX_BYTES })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLarge('the body inflates to more than 16 MiB')
    }
    throw badOtlp('the body is cut, or no gzip', cause)
  }
  // Neither JSON nor protobuf begins with these two bytes.
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) throw badOtlp('the body is gzip in gzip')
  return bytes
}

function decoded(bytes: Uint8Array): unknown {
  try {
    return decodeTraces(bytes)
  } catch (cause) {
    if (cause instanceof TooManySpans) throw tooLarge(cause.message)
    throw badOtlp('the body is no ExportTraceServiceRequest: cut, nested too deep, or something else', cause)
  }
}

function tooLarge(message: string): LedgerlineError {
  return new LedgerlineError('BODY_TOO_LARGE', message, { operation: 'readBody' })
}

function badOtlp(message: string, cause?: unknown): LedgerlineError {
  return new LedgerlineError('BAD_OTLP', message, { operation: 'readBody', cause })
}
