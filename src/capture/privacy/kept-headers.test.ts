import { expect, test } from 'vitest'
import { keptHeaders } from './kept-headers.js'

const sent = new Headers({
  'X-Request-Id': 'r1',
  authorization: 'Bearer a1b2c3d4',
  'x-api-key': 'k',
  'api-key': 'k',
  cookie: 'c',
  'x-long': 'a'.repeat(5_000),
})

test.each([
  ['none by default', undefined, undefined],
  ['those named, in lower case', ['X-REQUEST-ID'], { 'x-request-id': 'r1' }],
  ['none that was not sent', ['x-other'], undefined],
  ['never a secret', ['Authorization', 'x-api-key', 'api-key', 'Cookie'], undefined],
])('headers: %s', (_name, names, kept) => {
  expect(keptHeaders(names, sent)).toEqual(kept)
})

test('a value is bounded', () => {
  expect(keptHeaders(['x-long'], sent)?.['x-long']).toHaveLength(1_000)
})

test('of a key across the cut nothing is kept', () => {
  const value = `${'a '.repeat(495)}${`sk-${'proj'}-${'Ab1'.repeat(16)}`}`
  const kept = keptHeaders(['x-said'], new Headers({ 'x-said': value }))
  expect(kept?.['x-said']).toHaveLength(1_000)
  expect(kept?.['x-said']).not.toContain('sk-')
})
