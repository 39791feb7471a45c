/** Bytes of a body to a value, stricter than JSON.parse. */
import type { FastifyInstance } from 'fastify'
import { shownText } from '../errors.js'
import { LedgerlineError } from '../index.js'
import { findJsonFault, MAX_NESTING } from './repeated-key.js'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The value of one JSON text in UTF-8. A byte order mark, a key given twice, nesting deeper than MAX_NESTING and
 * whatever JSON.parse refuses is a LedgerlineError BAD_JSON. An own key `__proto__` stays an own key.
 */
export function parseJsonBody(bytes: Uint8Array): unknown {
  const text = decode(bytes)
  if (text.startsWith('\uFEFF')) throw badJson('the body starts with a byte order mark')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    // JSON.parse quotes the text in its message, and the text may be somebody's prompt.
    throw badJson(text.trim() === '' ? 'the body is empty' : 'the body is not JSON', cause)
  }
  const fault = findJsonFault(text)
  if (fault?.kind === 'repeated-key')
    throw badJson(`the key ${JSON.stringify(shownText(fault.key, 100))} is given twice`)
  if (fault?.kind === 'nesting') throw badJson(`the body is nested deeper than ${MAX_NESTING} levels`)
  return value
}

/** JSON is the only content type there is; any other is 415. */
export function acceptOnlyJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1]
    if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
      done(
        new LedgerlineError('UNSUPPORTED_MEDIA_TYPE', 'the body is not in UTF-8', { operation: 'readBody' }),
      )
      return
    }
    try {
      done(null, parseJsonBody(typeof body === 'string' ? Buffer.from(body) : body))
    } catch (error) {
      done(error instanceof Error ? error : badJson('the body is not JSON', error))
    }
  })
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw badJson('the body is not UTF-8', cause)
  }
}

function badJson(message: string, cause?: unknown): LedgerlineError {
  return new LedgerlineError('BAD_JSON', message, { operation: 'readBody', cause })
}
