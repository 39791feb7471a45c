import { expect, test } from 'vitest'
import { type BodyWatcher, sameResponse, watchResponse } from './watched-response.js'

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

function watcher(seen: string[], change: Partial<BodyWatcher> = {}): BodyWatcher {
  return {
    chunk: (bytes) => {
      seen.push(Buffer.from(bytes).toString())
      return bytes
    },
    end: () => {
      seen.push('end')
      return undefined
    },
    failed: () => seen.push('failed'),
    cancelled: () => seen.push('cancelled'),
    ...change,
  }
}

function bodyOf(
  chunks: readonly string[],
  onCancel?: () => void,
  onPull?: () => void,
): ReadableStream<Uint8Array> {
  let next = 0
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        onPull?.()
        const chunk = chunks[next]
        next += 1
        if (chunk === undefined) controller.close()
        else controller.enqueue(encode(chunk))
      },
      ...(onCancel === undefined ? {} : { cancel: onCancel }),
    },
    { highWaterMark: 0 },
  )
}

test('the caller reads what was sent, the watcher sees it, status and headers stay', async () => {
  const seen: string[] = []
  const original = new Response(null, { status: 201, statusText: 'Made', headers: { 'x-request-id': 'r1' } })
  Object.defineProperty(original, 'url', { value: 'http://provider.test/v1' })
  const watched = watchResponse(original, bodyOf(['a', 'bc']), watcher(seen))
  expect(await watched.text()).toBe('abc')
  expect(seen).toEqual(['a', 'bc', 'end'])
  expect([watched.status, watched.statusText, watched.url]).toEqual([201, 'Made', 'http://provider.test/v1'])
  expect(watched.headers.get('x-request-id')).toBe('r1')
})

test('nothing is read before the caller reads', async () => {
  let pulls = 0
  const body = bodyOf(['a'], undefined, () => {
    pulls += 1
  })
  const watched = watchResponse(new Response(), body, watcher([]))
  await new Promise((resolve) => setImmediate(resolve))
  expect(pulls).toBe(0)
  await watched.text()
  expect(pulls).toBe(2)
})

test('a chunk that is held back is read over', async () => {
  const held = watcher([], { chunk: () => undefined, end: () => encode('late') })
  expect(await watchResponse(new Response(), bodyOf(['a', 'b']), held).text()).toBe('late')
})

test('cancelling reaches the provider and the watcher', async () => {
  const seen: string[] = []
  const body = bodyOf(['a', 'b'], () => seen.push('provider'))
  const reader = watchResponse(new Response(), body, watcher(seen)).body?.getReader()
  await reader?.read()
  await reader?.cancel()
  expect(seen).toEqual(['a', 'cancelled', 'provider'])
})

test('the caller gets the error of the connection itself', async () => {
  const seen: string[] = []
  const broken = new TypeError('terminated')
  const body = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(broken) })
  await expect(watchResponse(new Response(), body, watcher(seen)).text()).rejects.toBe(broken)
  expect(seen).toEqual(['failed'])
})

test('sameResponse carries other bytes under the same head', async () => {
  const copy = sameResponse(new Response('x', { status: 400, headers: { a: 'b' } }), encode('y'))
  expect([copy.status, copy.headers.get('a'), await copy.text()]).toEqual([400, 'b', 'y'])
})
