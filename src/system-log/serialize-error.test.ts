import { describe, expect, it } from 'vitest'
import { serializeError } from './serialize-error.js'

describe('serializeError', () => {
  it('gives name, message, stack, code and cause', () => {
    const cause = Object.assign(new Error('no space'), { code: 'ENOSPC' })
    const error = new TypeError('not written', { cause })
    expect(serializeError(error)).toEqual({
      name: 'TypeError',
      message: 'not written',
      stack: error.stack,
      cause: { name: 'Error', message: 'no space', code: 'ENOSPC', stack: cause.stack },
    })
  })

  it.each<readonly [name: string, thrown: unknown, serialized: object]>([
    ['a string', 'boom', { name: 'NonError', message: 'boom' }],
    ['undefined', undefined, { name: 'NonError', message: 'undefined' }],
    ['null', null, { name: 'NonError', message: 'null' }],
    ['a symbol', Symbol('s'), { name: 'NonError', message: 'Symbol(s)' }],
    ['an object', { a: 1 }, { name: 'NonError', message: '{"a":1}' }],
    [
      'an object like an error',
      { name: 'ApiError', message: 'm', code: 429 },
      { name: 'ApiError', message: 'm', code: 429 },
    ],
    ['an object that cannot be text', Object.create(null), { name: 'NonError', message: '{}' }],
    ['a cycle', cyclic(), { name: 'NonError', message: '[object Object]' }],
  ])('takes %s that was thrown', (_name, thrown, serialized) => {
    expect(serializeError(thrown)).toEqual(serialized)
  })

  it('nests ten causes and no more, also of a cycle', () => {
    const error = new Error('loop')
    error.cause = error
    let depth = 0
    for (let at = serializeError(error).cause; at !== undefined; at = at.cause) depth++
    expect(depth).toBe(10)
  })

  it('survives getters that throw', () => {
    const error = new Error('m')
    // stack first: V8 reads the others to make it.
    for (const key of ['stack', 'message', 'code', 'cause', 'name', 'toString', 'toJSON']) {
      Object.defineProperty(error, key, {
        get() {
          throw new Error('no')
        },
      })
    }
    expect(serializeError(error)).toEqual({ name: 'Error', message: '[object Error]' })
  })
})

function cyclic(): object {
  const value: Record<string, unknown> = {}
  value.self = value
  return value
}
