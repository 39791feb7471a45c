import { expect, onTestFinished, test, vi } from 'vitest'
import { showRunning } from '../../scripts/faults/running.mjs'

const AGAIN = '\r\x1b[K'

test.each([
  [
    'a terminal sees it at once and each second',
    true,
    2_000,
    ['a: 0 s', 'a: 1 s', 'a: 2 s', ''].map((t) => AGAIN + t),
  ],
  ['a log gets a line each ten seconds', false, 25_000, ['a: 10 s\n', 'a: 20 s\n']],
])('%s', (_, isTTY, ms, expected) => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const written: string[] = []
  const running = showRunning('a', { isTTY, write: (text) => written.push(text) })
  vi.advanceTimersByTime(ms)
  running.end()
  vi.advanceTimersByTime(60_000)
  expect(written).toEqual(expected)
})
