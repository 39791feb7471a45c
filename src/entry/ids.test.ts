import { describe, expect, test } from 'vitest'
import { BAD_IDS } from '../../test/fixtures/bad-ids.js'
import { isId, uuidV7 } from './ids.js'

describe('isId', () => {
  test.each(BAD_IDS)('refuses %s', (_, id) => {
    expect(isId(id)).toBe(false)
  })

  test.each(['a', 'chat-12', 'A.b_c-d', '0198c7e0-aaaa-7bbb-8ccc-dddddddddddd', 'a'.repeat(128), 'console'])(
    'accepts %s',
    (id) => {
      expect(isId(id)).toBe(true)
    },
  )
})

describe('uuidV7', () => {
  test('has the form and the version of RFC 9562', () => {
    expect(uuidV7()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  test('holds the time in its first 48 bits', () => {
    const now = Date.now() + 1_000_000
    expect(Number.parseInt(uuidV7(now).replaceAll('-', '').slice(0, 12), 16)).toBe(now)
  })

  test('100,000 ids are distinct and in order, also when the clock steps back', () => {
    const ids = Array.from({ length: 100_000 }, (_, i) =>
      uuidV7(i % 1000 === 0 ? Date.now() - 5_000 : Date.now()),
    )
    expect(new Set(ids).size).toBe(ids.length)
    expect([...ids].sort()).toEqual(ids)
  })
})
