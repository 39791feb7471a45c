import { expect, test } from 'vitest'
import { brokenOff, describeThrown, INTERRUPTED } from './thrown.js'

const named = (name: string, message: string, more: object = {}): Error =>
  Object.assign(new Error(message), { name, ...more })

const aborted = AbortSignal.abort()
const timedOut = AbortSignal.abort(new DOMException('too slow', 'TimeoutError'))

test.each<[string, unknown, AbortSignal | undefined, object]>([
  ["the application's signal", named('Error', 'x'), aborted, { status: 'error', error: { code: 'aborted' } }],
  ['a time limit behind the signal', named('Error', 'x'), timedOut, { status: 'timeout' }],
  ['an abort without its signal', named('AbortError', 'x'), undefined, { error: { code: 'aborted' } }],
  ['an abort that is told as text', new Error('AbortError'), undefined, { error: { code: 'aborted' } }],
  ['a timeout of the SDK', named('TimeoutError', 'x'), undefined, { status: 'timeout' }],
  [
    "the AI SDK's refusal",
    named('AI_APICallError', 'x', { statusCode: 429, data: { error: { code: 'slow', message: 'Wait' } } }),
    undefined,
    { httpStatus: 429, error: { code: 'slow', message: 'Wait' } },
  ],
  [
    'a refusal whose body was not understood',
    named('AI_APICallError', 'x', { statusCode: 500, responseBody: '{"error":{"type":"t","message":"m"}}' }),
    undefined,
    { httpStatus: 500, error: { code: 't', message: 'm' } },
  ],
  [
    "OpenAI's refusal",
    named('Error', '401 no', { status: 401, error: { code: 'invalid_api_key', message: 'no' } }),
    undefined,
    { httpStatus: 401, error: { code: 'invalid_api_key' } },
  ],
  [
    "Anthropic's refusal",
    named('Error', 'x', {
      status: 529,
      error: { type: 'error', error: { type: 'overloaded', message: 'm' } },
    }),
    undefined,
    { httpStatus: 529, error: { code: 'overloaded', message: 'm' } },
  ],
  [
    'an answer that is no JSON',
    named('AI_APICallError', 'x', { statusCode: 200, cause: named('AI_JSONParseError', 'y') }),
    undefined,
    { httpStatus: 200, error: { code: 'invalid_response' } },
  ],
  ['the same of a bare SDK', new SyntaxError('x'), undefined, { error: { code: 'invalid_response' } }],
  [
    'a connection that broke under status 200',
    named('AI_APICallError', 'x', {
      statusCode: 200,
      cause: named('E', 'closed', { code: 'UND_ERR_SOCKET' }),
    }),
    undefined,
    { error: { code: 'UND_ERR_SOCKET' } },
  ],
  [
    'a status that is none',
    named('Error', 'x', { status: 9999 }),
    undefined,
    { error: { code: 'connection_error', message: 'x' } },
  ],
  ['text', 'it broke', undefined, { status: 'error', error: { message: 'it broke' } }],
  ['nothing', undefined, undefined, { status: 'error', error: { code: 'connection_error' } }],
])('%s', (_name, thrown, signal, expected) => {
  expect(describeThrown(thrown, signal)).toMatchObject(expected)
})

test.each([
  ['UND_ERR_SOCKET', INTERRUPTED.code],
  ['ECONNRESET', INTERRUPTED.code],
  ['connection_error', INTERRUPTED.code],
  ['server_error', 'server_error'],
  ['aborted', 'aborted'],
])('a stream that ended with %s was broken off as %s', (code, expected) => {
  expect(brokenOff({ code, message: 'm' })).toEqual({ code: expected, message: 'm' })
})
