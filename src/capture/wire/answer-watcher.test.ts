import { expect, test } from 'vitest'
import { StreamWatcher } from './answer-watcher.js'
import { ChatArrived } from './openai/chat-arrived.js'

const MIB = 1024 * 1024

test.each([
  ['is unreadable when it ends early', '\n\n', 'invalid_response'],
  ['is whole when the rest says so', '\n\ndata: [DONE]\n\n', undefined],
])('a stream with 40 MiB without a blank line is not held, and %s', (_name, rest, code) => {
  const ended: unknown[] = []
  const events = {
    firstToken: () => undefined,
    ended: (error: { code: string } | undefined) => void ended.push(error?.code),
    report: (error: unknown) => void ended.push(error),
    aborted: () => false,
  }
  const watcher = new StreamWatcher(new ChatArrived(), events, true)
  let passed = 0
  for (let i = 0; i < 40; i++) passed += watcher.chunk(new Uint8Array(MIB).fill(120))?.length ?? 0
  expect(passed).toBe(40 * MIB)
  passed += watcher.chunk(new TextEncoder().encode(rest))?.length ?? 0
  watcher.end()
  expect(passed).toBe(40 * MIB + rest.length)
  expect(ended).toEqual([code])
})
