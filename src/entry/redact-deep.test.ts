import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { REDACTED, redactDeep } from './redact.js'

const KEY = `sk-proj-${'a1B2'.repeat(10)}`

class Money {
  readonly #amount = 5
  toJSON(): object {
    return { amount: this.#amount, api_key: KEY }
  }
}

function nested(levels: number): object {
  let value: object = {}
  for (let i = 0; i < levels; i++) value = { next: value }
  return value
}

describe('redactDeep', () => {
  it.each<readonly [name: string, value: unknown, copy: unknown]>([
    ['a value under a secret name', { api_key: 'plain', user: 'bob' }, { api_key: REDACTED, user: 'bob' }],
    ['an object under a secret name', { credentials: { user: 'bob' } }, { credentials: REDACTED }],
    ['a number under a secret name', { password: 1234 }, { password: REDACTED }],
    [
      'an absent secret',
      { password: null, token: '', secret: undefined, cookie: false },
      { password: null, token: '', secret: undefined, cookie: false },
    ],
    ['a secret by its look', { note: `use ${KEY}` }, { note: `use ${REDACTED}` }],
    ['a secret as a name', { [KEY]: 1 }, { [REDACTED]: 1 }],
    ['nested ones', { a: [{ b: { token: 'x' } }] }, { a: [{ b: { token: REDACTED } }] }],
    ['a frozen object', Object.freeze({ password: 'x' }), { password: REDACTED }],
    [
      'token counts',
      { usage: { prompt_tokens: 3, max_tokens: 9 } },
      { usage: { prompt_tokens: 3, max_tokens: 9 } },
    ],
    [
      'a Map',
      new Map<unknown, unknown>([
        ['token', 'x'],
        [1, KEY],
      ]),
      { token: REDACTED, 1: REDACTED },
    ],
    ['a Set', new Set([KEY, 'b']), [REDACTED, 'b']],
    [
      'request headers',
      new Headers({ authorization: 'x', accept: '*/*' }),
      { authorization: REDACTED, accept: '*/*' },
    ],
    ['an address', { url: new URL('https://u:p@h.test/') }, { url: `https://u:${REDACTED}@h.test/` }],
    ['a date', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
    ['an invalid date', new Date(Number.NaN), 'Invalid Date'],
    ['bytes', { data: Buffer.from(KEY) }, { data: `[Bytes: ${KEY.length}]` }],
    ['an object with toJSON', new Money(), { amount: 5, api_key: REDACTED }],
    ['a bigint', 2n ** 70n, '1180591620717411303424'],
    ['a function', { run: () => KEY }, { run: '[Function]' }],
    ['a primitive', 7, 7],
    ['null', null, null],
  ])('copies %s', (_name, value, copy) => {
    expect(redactDeep(value)).toEqual(copy)
  })

  it('does not change the original', () => {
    const value = { list: [{ token: 'x' }] }
    redactDeep(value)
    expect(value).toEqual({ list: [{ token: 'x' }] })
  })

  it('gives an Error as name, message, stack, code and cause', () => {
    const error = Object.assign(new TypeError(`bad key ${KEY}`, { cause: new Error(`inner ${KEY}`) }), {
      code: 'E1',
    })
    const copy = redactDeep({ error })
    expect(copy).toMatchObject({
      error: {
        name: 'TypeError',
        message: `bad key ${REDACTED}`,
        code: 'E1',
        cause: { message: `inner ${REDACTED}` },
      },
    })
    expect(JSON.stringify(copy)).toContain('redact-deep.test')
    expect(JSON.stringify(copy)).not.toContain(KEY)
  })

  it('marks cycles, and keeps what is only shared', () => {
    const shared = { a: 1 }
    const value: Record<string, unknown> = { one: shared, two: shared }
    value.self = value
    expect(redactDeep(value)).toEqual({ one: { a: 1 }, two: { a: 1 }, self: '[Circular]' })
  })

  it('survives a getter, a proxy and a toJSON that throw', () => {
    const value = {
      get bad(): never {
        throw new Error('no')
      },
      proxy: new Proxy(
        {},
        {
          ownKeys() {
            throw new Error('no')
          },
        },
      ),
      json: {
        toJSON() {
          throw new Error('no')
        },
      },
      good: 1,
    }
    expect(redactDeep(value)).toEqual({
      bad: '[Unreadable]',
      proxy: '[Unreadable]',
      json: '[Unreadable]',
      good: 1,
    })
  })

  it('stops at 50 levels and at 50,000 parts', () => {
    expect(JSON.stringify(redactDeep(nested(5000)))).toContain('"next":"[Too deep]"')
    let doubled: unknown = {}
    for (let i = 0; i < 40; i++) doubled = { a: doubled, b: doubled }
    expect(JSON.stringify(redactDeep(doubled))).toContain('[Too large]')
    expect(redactDeep(new Array(60_000).fill(1))).toHaveLength(50_000)
  })

  it('does not touch a prototype', () => {
    const copy = redactDeep(
      JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
    )
    expect(Object.keys(copy ?? {})).toEqual(['__proto__', 'constructor'])
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  it('redacts further names on request', () => {
    expect(redactDeep({ ssn: '1', a: '2' }, (name) => name === 'ssn')).toEqual({ ssn: REDACTED, a: '2' })
  })

  it('gives the same again for its own result, and always something JSON can hold', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withNullPrototype: true,
        }),
        (value) => {
          const copy = redactDeep(value)
          expect(() => JSON.stringify(copy)).not.toThrow()
          expect(redactDeep(copy)).toEqual(copy)
        },
      ),
    )
  })
})
