import { expect, test } from 'vitest'
import { describeFailure } from './failure.js'

const calm = { abortedByCaller: false, attemptAborted: false }

test.each([
  [
    'the provider refused',
    Object.assign(new Error('429 slow down'), {
      status: 429,
      error: { code: 'rate_limit_exceeded', message: 'slow down' },
    }),
    calm,
    { status: 'error', httpStatus: 429, error: { code: 'rate_limit_exceeded', message: 'slow down' } },
  ],
  [
    'an error with a type only',
    Object.assign(new Error('500'), { status: 500, error: { type: 'server_error', message: 'oops' } }),
    calm,
    { status: 'error', httpStatus: 500, error: { code: 'server_error', message: 'oops' } },
  ],
  [
    'the whole body in the error, as Anthropic has it',
    Object.assign(new Error('529'), {
      status: 529,
      error: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    }),
    calm,
    { status: 'error', httpStatus: 529, error: { code: 'overloaded_error', message: 'Overloaded' } },
  ],
  [
    'a body that is no JSON',
    Object.assign(new Error('502 Bad gateway'), { status: 502, error: undefined }),
    calm,
    { status: 'error', httpStatus: 502, error: { code: 'http_502', message: '502 Bad gateway' } },
  ],
  [
    'the caller aborted',
    new Error('Request was aborted.'),
    { abortedByCaller: true, attemptAborted: true },
    { status: 'error', error: { code: 'aborted', message: 'Request was aborted.' } },
  ],
  [
    "the SDK's timer",
    new Error('Request timed out.'),
    { abortedByCaller: false, attemptAborted: true },
    { status: 'timeout', error: { code: 'timeout', message: 'Request timed out.' } },
  ],
  [
    'a connect timeout below the SDK',
    new Error('Connection error.', {
      cause: Object.assign(new Error('x'), { code: 'ETIMEDOUT', name: 'ConnectTimeoutError' }),
    }),
    calm,
    { status: 'timeout', error: { code: 'timeout', message: 'Connection error.' } },
  ],
  [
    'no connection',
    new Error('Connection error.', {
      cause: new TypeError('fetch failed', {
        cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
      }),
    }),
    calm,
    {
      status: 'error',
      error: { code: 'ECONNREFUSED', message: 'Connection error. <- fetch failed <- refused' },
    },
  ],
  [
    'not even an error',
    'boom',
    calm,
    { status: 'error', error: { code: 'connection_error', message: 'boom' } },
  ],
])('%s', (_name, thrown, context, expected) => {
  expect(describeFailure(thrown, context)).toEqual(expected)
})
