import { expect, test } from 'vitest'
import type { LoggedEntry } from '../entry/entry.js'
import { formatCursor, parseCursor } from './cursor.js'

test.each([
  ['2026-01-31T14:00:00.123Z', 'a'],
  ['0000-01-01T00:00:00.000Z', 'with space and ä'],
])('a cursor at %s %s comes back as it was', (timestamp_start, id) => {
  // Only these two fields matter here.
  const cursor = formatCursor({ timestamp_start, id } as LoggedEntry)
  expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/)
  expect(parseCursor(cursor, 'test')).toEqual({ ms: Date.parse(timestamp_start), id })
})

test.each([
  '',
  'x',
  'AAAA',
  Buffer.from('12').toString('base64url'),
  Buffer.from('x y').toString('base64url'),
])('%j is refused', (cursor) => {
  expect(() => parseCursor(cursor, 'test')).toThrow(expect.objectContaining({ code: 'INVALID_CURSOR' }))
})
