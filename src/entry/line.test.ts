import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_LINE } from './json-text.js'
import { toLine } from './line.js'
import { MAX_STRING } from './plain-json.js'

function parsed(metadata: unknown): unknown {
  const line = toLine({ id: 'a', metadata }, 'test')
  expect(line.endsWith('\n')).toBe(true)
  expect(line.slice(0, -1)).not.toMatch(/[\n\r\u0085\u2028\u2029]/)
  return JSON.parse(line).metadata
}

function cyclic(): unknown {
  const value: Record<string, unknown> = { a: 1 }
  value.self = value
  return value
}

function deep(levels: number): unknown {
  let value: unknown = 'bottom'
  for (let i = 0; i < levels; i++) value = [value]
  return value
}

describe('toLine', () => {
  test.each([
    ['a cycle', cyclic(), { a: 1, self: '[circular]' }],
    ['the same object twice is no cycle', [[1], [1]], [[1], [1]]],
    ['a BigInt', { n: 12n }, { n: '12n' }],
    [
      'a getter that throws',
      Object.defineProperty({}, 'x', {
        enumerable: true,
        get: () => {
          throw new Error('no')
        },
      }),
      { x: '[threw: no]' },
    ],
    [
      'a toJSON that throws',
      {
        x: {
          toJSON() {
            throw new Error('no')
          },
        },
      },
      { x: '[threw: no]' },
    ],
    ['a toJSON', { x: { toJSON: () => ({ y: 1n }) } }, { x: { y: '1n' } }],
    ['undefined', { a: undefined, b: 1 }, { b: 1 }],
    [
      'secrets by name',
      { password: 'hunter2', headers: { 'X-API-Key': 'k' }, max_tokens: 5 },
      { password: '[REDACTED]', headers: { 'X-API-Key': '[REDACTED]' }, max_tokens: 5 },
    ],
    ['undefined in an array', [undefined, 1], [null, 1]],
    [
      'NaN and infinities',
      [Number.NaN, Number.POSITIVE_INFINITY, Number('1e400')],
      ['NaN', 'Infinity', 'Infinity'],
    ],
    ['a Map', new Map([['k', new Set([1])]]), [['k', [1]]]],
    [
      'secrets in a Map and in headers',
      [
        new Map([
          ['token', 'abcdefghijklmnop'],
          ['a', 'y'],
        ]),
        new Headers({ authorization: 'x' }),
      ],
      [
        [
          ['token', '[REDACTED]'],
          ['a', 'y'],
        ],
        [['authorization', '[REDACTED]']],
      ],
    ],
    [
      'that a secret is absent',
      { password: null, token: '', cookie: false },
      { password: null, token: '', cookie: false },
    ],
    ['an object under a secret name', { credentials: { user: 'bob' } }, { credentials: '[REDACTED]' }],
    [
      'an object whose toJSON gives itself',
      Object.assign(
        Object.create({
          toJSON() {
            return this
          },
        }),
        { a: 1 },
      ),
      { a: 1 },
    ],
    ['an address and a pattern', [new URL('http://h.test/'), /a/g], ['http://h.test/', '/a/g']],
    ['an invalid date', new Date(Number.NaN), 'Invalid Date'],
    [
      'a proxy that throws',
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no')
          },
        },
      ),
      '[threw: no]',
    ],
    [
      'words of a vocabulary',
      { logprobs: [{ token: 'Hello', logprob: -0.1 }], id_token: 7 },
      { logprobs: [{ token: 'Hello', logprob: -0.1 }], id_token: 7 },
    ],
    ['a token that is one', { token: 'abcdefghijklmnop' }, { token: '[REDACTED]' }],
    [
      'a list of secrets',
      { 'set-cookie': ['a=b'], credentials: [] },
      { 'set-cookie': '[REDACTED]', credentials: [] },
    ],
    [
      'the properties of a schema',
      { properties: { password: { type: 'string' } } },
      { properties: { password: { type: 'string' } } },
    ],
    ['a Date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['bytes', new Uint8Array(3), '[Uint8Array: 3 bytes]'],
    ['a function and a symbol', { f: () => 1, s: Symbol('x'), a: 1 }, { a: 1 }],
    ['a lone surrogate', 'a\ud800b', 'a\ufffdb'],
    ['lone surrogates in keys', { '\udfff': 1, '\ud800': 2 }, { '\ufffddfff': 1, '\ufffdd800': 2 }],
    ['NUL', 'a\0b', 'a\0b'],
    ['the Unicode line ends', 'a\u2028b\u2029c\u0085d', 'a\u2028b\u2029c\u0085d'],
    ['a terminal escape', '\x1b[2J', '\x1b[2J'],
    ['a forged line', '\r\n{"forged":1}', '\r\n{"forged":1}'],
    [
      'own keys of prototypes',
      JSON.parse('{"__proto__":{"a":1},"constructor":{"b":2}}'),
      JSON.parse('{"__proto__":{"a":1},"constructor":{"b":2}}'),
    ],
    [
      'a key __proto__ beside a BigInt',
      JSON.parse('{"__proto__":1}', (_, v) => (v === 1 ? 1n : v)),
      JSON.parse('{"__proto__":"1n"}'),
    ],
  ])('writes %s', (_, metadata, expected) => {
    expect(parsed(metadata)).toEqual(expected)
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  test('an Error keeps name, message, stack, cause and its own fields', () => {
    const error = Object.assign(new TypeError('outer', { cause: new Error('inner') }), { code: 'E1' })
    expect(parsed(error)).toMatchObject({
      name: 'TypeError',
      message: 'outer',
      code: 'E1',
      stack: expect.stringContaining('outer'),
      cause: { message: 'inner' },
    })
  })

  test('depth 5,000 is cut and marked', () => {
    expect(JSON.stringify(parsed(deep(5_000)))).toContain('[depth limit]')
  })

  test.each([
    ['600 strings of a million characters', () => Array(600).fill('x'.repeat(1e6))],
    [
      'a string shared 2^17 times',
      () => Array.from({ length: 17 }).reduce((n) => ({ a: n, b: n }), 'x'.repeat(1e6)),
    ],
    ['an odd value among them', () => [1n, ...Array(600).fill('x'.repeat(1e6))]],
    ['a list of ten million', () => Array(1e7).fill(1)],
  ])('%s is refused before it is written', (_, make) => {
    expect(() => toLine({ x: make() }, 'test')).toThrow(expect.objectContaining({ code: 'ENTRY_TOO_LARGE' }))
  })

  test('a small graph that would be an endless text is cut', () => {
    let doubled: unknown = {}
    for (let i = 0; i < 60; i++) doubled = [doubled, doubled]
    expect(JSON.stringify(parsed(doubled))).toContain('[size limit]')
  })

  test('100,000 keys are kept', () => {
    const value = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`key${i}`, i]))
    expect(parsed(value)).toEqual(value)
  })

  test('a 50 MB string is cut and marked with its length and hash', () => {
    const text = String(parsed('x'.repeat(50_000_000)))
    expect(text.length).toBe(MAX_STRING)
    expect(text).toMatch(/…\[cut: 50000000 characters, sha256 [0-9a-f]{64}\]$/)
  })

  test('a secret across the cut is taken out before', () => {
    const text = (secret: string): string => `${'x '.repeat(MAX_STRING / 2 - 60)}${secret} ${'y'.repeat(200)}`
    const secrets = ['a1B2c3D4', 'e5F6g7H8'].map((digits) => `sk-proj-${digits.repeat(16)}`)
    const [first, second] = secrets.map((secret) => String(parsed(text(secret))))
    expect(first).toContain('[REDACTED]')
    // Its hash is that of what is kept, or it would tell who guesses the secret.
    expect(first).toBe(second)
  })

  test('a line past the limit is refused', () => {
    const many = Array.from({ length: 9 }, () => 'x'.repeat(MAX_STRING))
    expect(() => toLine({ many }, 'test')).toThrow(expect.objectContaining({ code: 'ENTRY_TOO_LARGE' }))
    expect(MAX_LINE).toBeGreaterThan(8 * MAX_STRING)
  })

  test('any JSON value comes back as it was, on one line', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        expect(parsed(value)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  test('any value at all gives one line of JSON', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withNullPrototype: true,
          withObjectString: true,
          withSparseArray: true,
        }),
        (value) => {
          parsed(value)
        },
      ),
    )
  })
})
