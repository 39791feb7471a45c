import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type LateLine, LateLines, type LateRequest } from './late-lines.js'

// The disk is a function here: what is tested is the bound and the order, not the writing.
let refuses = true
const written: string[] = []
const dropped: string[] = []

function openLines(): LateLines {
  return new LateLines({
    write: async ({ line }) => {
      if (refuses) throw new Error('no space')
      written.push(line)
    },
    onDropped: ({ line }) => dropped.push(line),
  })
}

function late(line: string): LateLine {
  // Only the line matters here.
  return { request: { id: line } as LateRequest, line }
}

beforeEach(() => {
  refuses = true
  written.length = 0
  dropped.length = 0
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('writes what was kept, in order, within a second of the disk taking it again', async () => {
  const lines = openLines()
  for (const line of ['a', 'b', 'c']) lines.keep(late(line))
  await vi.advanceTimersByTimeAsync(5_000)
  expect(written).toEqual([])
  refuses = false
  await vi.advanceTimersByTimeAsync(1_000)
  expect([written, dropped]).toEqual([['a', 'b', 'c'], []])
  expect(vi.getTimerCount()).toBe(0)
})

test('drops what is past 1,000 lines', () => {
  const lines = openLines()
  for (let i = 0; i < 1_003; i++) lines.keep(late(String(i)))
  expect(dropped).toEqual(['1000', '1001', '1002'])
})

test('drops what is past 8 Mi characters', () => {
  const lines = openLines()
  for (let i = 0; i < 10; i++) lines.keep(late('x'.repeat(1024 * 1024)))
  expect(dropped).toHaveLength(2)
})

test.each([
  ['the disk takes again', false, { written: 2, dropped: 0 }],
  ['it still refuses', true, { written: 0, dropped: 2 }],
])('close, when %s', async (_, still, expected) => {
  const lines = openLines()
  lines.keep(late('a'))
  lines.keep(late('b'))
  refuses = still
  await lines.close()
  expect({ written: written.length, dropped: dropped.length }).toEqual(expected)
  expect(vi.getTimerCount()).toBe(0)
})
