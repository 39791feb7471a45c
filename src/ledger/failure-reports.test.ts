import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FileSystemError } from '../errors.js'
import { FailureReports } from './failure-reports.js'

const FULL = new FileSystemError('LOG_WRITE_ERROR', 'no space', { operation: 'append', path: '/x' })
const QUEUE = new FileSystemError('LOG_QUEUE_FULL', 'too much waits', { operation: 'append', path: '/x' })

// The clock alone is not the real one: the windows are of ten seconds.
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function record() {
  const told: [string, unknown, unknown][] = []
  const failures = new FailureReports((message, { request_id: id, more }) => told.push([message, id, more]))
  return { told, failures }
}

test('the first of a kind is told at once, the next ones with their number and the latest of them', () => {
  const { told, failures } = record()
  for (let i = 0; i < 500; i++) failures.tell('not logged', { request_id: i, error: FULL })
  failures.tell('not logged', { request_id: 'q', error: QUEUE })
  expect(told).toEqual([
    ['not logged', 0, undefined],
    ['not logged', 'q', undefined],
  ])
  vi.advanceTimersByTime(10_000)
  expect(told.slice(2)).toEqual([['not logged', 499, 499]])
})

test('what goes on gives a line a window, and what has ended is told anew', () => {
  const { told, failures } = record()
  for (let second = 0; second < 35; second++) {
    failures.tell('not logged', { request_id: second, error: FULL })
    vi.advanceTimersByTime(1_000)
  }
  expect(told.map(([, , more]) => more)).toEqual([undefined, 9, 10, 10])
  vi.advanceTimersByTime(30_000)
  failures.tell('not logged', { request_id: 'new', error: FULL })
  expect(told.slice(4)).toEqual([
    ['not logged', 34, 5],
    ['not logged', 'new', undefined],
  ])
})

test('close tells the rest, once', () => {
  const { told, failures } = record()
  for (let i = 0; i < 3; i++) failures.tell('not logged', { request_id: i, error: FULL })
  failures.close()
  failures.close()
  expect(told).toEqual([
    ['not logged', 0, undefined],
    ['not logged', 2, 2],
  ])
})
