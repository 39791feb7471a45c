import { describe, expect, test } from 'vitest'
import { toBoundedJson, toPlainJson } from './plain-copy.js'
import { MAX_TEXT } from './plain-json.js'

describe('a list that is longer than a line', () => {
  test.each<[string, unknown, number]>([
    ['a sparse one', sparse(MAX_TEXT + 1), 0],
    ['two that are together', [sparse(9), sparse(MAX_TEXT)], 9],
  ])('is refused before it is copied: %s', (_, value, read) => {
    reads = 0
    expect(() => toBoundedJson({ value })).toThrow('more characters')
    expect(reads).toBeLessThanOrEqual(read)
  })

  test('is marked where nothing may be thrown, and what stands beside it is kept', () => {
    reads = 0
    const copy = toPlainJson({ value: sparse(MAX_TEXT + 1), beside: [1] })
    expect(reads).toBe(0)
    expect(copy).toEqual({ value: '[size limit]', beside: [1] })
  })
})

let reads = 0

/** Counts how often an item is read. */
function sparse(length: number): unknown[] {
  return new Proxy(new Array(length), {
    get(target, key, receiver) {
      if (typeof key === 'string' && key !== 'length') reads++
      return Reflect.get(target, key, receiver)
    },
  })
}
