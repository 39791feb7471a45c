import { describe, expect, test } from 'vitest'
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
  const original = new Response(bodyOf(['a', 'bc']), {
    status: 201,
    statusText: 'Made',
    headers: { 'x-request-id': 'r1' },
  })
  Object.defineProperty(original, 'url', { value: 'http://provider.test/v1' })
  const watched = watchResponse(original, watcher(seen))
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
  const watched = watchResponse(new Response(body), watcher([]))
  await new Promise((resolve) => setImmediate(resolve))
  expect(pulls).toBe(0)
  await watched.text()
  expect(pulls).toBe(2)
})

test('a chunk that is held back is read over', async () => {
  const held = watcher([], { chunk: () => undefined, end: () => encode('late') })
  expect(await watchResponse(new Response(bodyOf(['a', 'b'])), held).text()).toBe('late')
})

test('cancelling reaches the provider and the watcher', async () => {
  const seen: string[] = []
  const body = bodyOf(['a', 'b'], () => seen.push('provider'))
  const reader = watchResponse(new Response(body), watcher(seen)).body?.getReader()
  await reader?.read()
  await reader?.cancel()
  expect(seen).toEqual(['a', 'cancelled', 'provider'])
})

test('the caller gets the error of the connection itself', async () => {
  const seen: string[] = []
  const broken = new TypeError('terminated')
  const body = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(broken) })
  await expect(watchResponse(new Response(body), watcher(seen)).text()).rejects.toBe(broken)
  expect(seen).toEqual(['failed'])
})

test('sameResponse carries other bytes under the same head', async () => {
  const copy = sameResponse(new Response('x', { status: 400, headers: { a: 'b' } }), encode('y'))
  expect([copy.status, copy.headers.get('a'), await copy.text()]).toEqual([400, 'b', 'y'])
})

describe.each([
  { kind: 'chunk by chunk', isWhole: false, saw: ['{"a":', '1}', 'end'] },
  { kind: 'as a whole', isWhole: true, saw: ['whole {"a":1}'] },
])('a body that is watched $kind', ({ isWhole, saw }) => {
  const open = () => {
    const seen: string[] = []
    const whole = isWhole ? { whole: (text: string) => void seen.push(`whole ${text}`) } : {}
    const response = new Response(bodyOf(['{"a":', '1}']), {
      headers: { 'content-type': 'application/json' },
    })
    return { seen, watched: watchResponse(response, watcher(seen, whole)) }
  }
  const bytesOf = async (buffer: ArrayBuffer) => Buffer.from(buffer).toString()

  test.each<[string, (response: Response) => Promise<unknown>, unknown]>([
    ['text', (response) => response.text(), '{"a":1}'],
    ['json', (response) => response.json(), { a: 1 }],
  ])('is read once by %s', async (_, read, expected) => {
    const { seen, watched } = open()
    expect(watched.bodyUsed).toBe(false)
    expect(await read(watched)).toEqual(expected)
    expect(seen).toEqual(saw)
    expect(watched.bodyUsed).toBe(true)
    await expect(read(watched)).rejects.toThrow(TypeError)
    await expect(watched.arrayBuffer()).rejects.toThrow(TypeError)
    expect(() => watched.clone()).toThrow(TypeError)
    expect(() => watched.body?.getReader()).toThrow(TypeError)
    expect(seen).toEqual(saw)
  })

  test.each<[string, (response: Response) => Promise<unknown>]>([
    ['arrayBuffer', async (response) => bytesOf(await response.arrayBuffer())],
    ['blob', async (response) => (await response.blob()).text()],
    ['body', async (response) => new Response(response.body).text()],
    ['clone', (response) => response.clone().text()],
    ['a body that was looked at before', async (response) => response.body && response.text()],
  ])('is read once by %s', async (_, read) => {
    const { seen, watched } = open()
    expect(await read(watched)).toBe('{"a":1}')
    expect(seen).toEqual(['{"a":', '1}', 'end'])
  })

  test('is whole in a clone and in itself', async () => {
    const { seen, watched } = open()
    const copy = watched.clone()
    expect([await copy.json(), await watched.json()]).toEqual([{ a: 1 }, { a: 1 }])
    expect(seen).toEqual(['{"a":', '1}', 'end'])
  })
})

test('what is no JSON is seen as it came, and the caller gets the same error', async () => {
  const seen: string[] = []
  const whole = { whole: (text: string) => void seen.push(text) }
  const watched = watchResponse(new Response(bodyOf(['<html>'])), watcher(seen, whole))
  const bare: unknown = await new Response('<html>').json().catch((error: unknown) => error)
  await expect(watched.json()).rejects.toEqual(bare)
  expect(seen).toEqual(['<html>'])
})

test('a connection that breaks under text() and json() is told once', async () => {
  const seen: string[] = []
  const broken = new TypeError('terminated')
  const body = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(broken) })
  const watched = watchResponse(new Response(body), watcher(seen, { whole: () => void seen.push('whole') }))
  await expect(watched.json()).rejects.toBe(broken)
  await expect(watched.json()).rejects.toThrow()
  expect(seen).toEqual(['failed'])
})

describe('a response that is watched is to its reader as a bare one', () => {
  test.each<[string, (response: Response) => unknown]>([
    [
      'a body that was iterated',
      async (response) => {
        for await (const _ of response.body ?? []);
        return response.bodyUsed
      },
    ],
    [
      'a body with a reader',
      (response) => {
        response.body?.getReader()
        return response.bodyUsed
      },
    ],
    [
      'a body that was read in part',
      async (response) => {
        const reader = response.body?.getReader()
        await reader?.read()
        reader?.releaseLock()
        return response.bodyUsed
      },
    ],
    [
      'a body that was cancelled',
      async (response) => {
        await response.body?.cancel()
        return response.bodyUsed
      },
    ],
    ['a body that was looked at', (response) => [response.body !== null, response.bodyUsed]],
    ['a clone', (response) => response.clone().url],
    [
      'a clone of which one is read',
      async (response) => {
        const copy = response.clone()
        await copy.text()
        return [copy.bodyUsed, response.bodyUsed, await response.text()]
      },
    ],
  ])('%s', async (_, look) => {
    const bare = await fetch('data:application/json,{"a":1}')
    const watched = watchResponse(
      await fetch('data:application/json,{"a":1}'),
      watcher([], { whole: () => undefined }),
    )
    expect(await look(watched)).toEqual(await look(bare))
  })

  test('no way to read it is left out', () => {
    const readers = Object.getOwnPropertyNames(Response.prototype).filter((name) =>
      /^(?:body|bodyUsed|clone|text|json|blob|bytes|arrayBuffer|formData)$/.test(name),
    )
    // What has no arguments and is no field of the head reads: a new one of these must be watched too.
    const head = ['constructor', 'type', 'url', 'redirected', 'status', 'ok', 'statusText', 'headers']
    const others = Object.getOwnPropertyNames(Response.prototype).filter((name) => !head.includes(name))
    expect(others.toSorted()).toEqual(readers.toSorted())
    const watched = watchResponse(new Response('x'), watcher([]))
    for (const name of readers) expect(Object.hasOwn(Object.getPrototypeOf(watched), name), name).toBe(true)
  })

  test.each([
    ['a class of the application', () => new (class extends Response {})('ab')],
    [
      'one with readers of its own',
      () =>
        Object.defineProperty(new Response('ab'), 'text', { value: async () => 'ab', configurable: true }),
    ],
    ['a proxy that keeps its prototype', () => proxied({ setPrototypeOf: () => false })],
    ['a proxy that only says it has another', () => proxied({ setPrototypeOf: () => true })],
  ])('and so is %s', async (_, make) => {
    for (const read of [(response: Response) => response.text(), (response: Response) => response.body]) {
      const seen: string[] = []
      const given = make()
      const watched = watchResponse(given, watcher(seen, { whole: (text) => void seen.push(text) }))
      expect([watched === given, watched instanceof Response]).toEqual([true, true])
      const got = await read(watched)
      expect(typeof got === 'string' ? got : await new Response(got).text()).toBe('ab')
      expect(seen).toEqual(typeof got === 'string' ? ['ab'] : ['ab', 'end'])
    }
  })
})

/** Its readers work on the response itself, which knows no proxy. */
function proxied(traps: ProxyHandler<Response>): Response {
  return new Proxy(new Response('ab'), {
    ...traps,
    get(target, name) {
      const value = Object.hasOwn(target, name)
        ? Reflect.get(target, name)
        : Reflect.get(target, name, target)
      return typeof value === 'function' && !Object.hasOwn(target, name) ? value.bind(target) : value
    },
  })
}

test('two watchers of one response both see it', async () => {
  const [inner, outer]: [string[], string[]] = [[], []]
  const response = watchResponse(new Response(bodyOf(['a', 'b'])), watcher(inner))
  const whole = { whole: (text: string) => void outer.push(text) }
  expect(await watchResponse(response, watcher(outer, whole)).text()).toBe('ab')
  expect([inner, outer]).toEqual([['a', 'b', 'end'], ['ab']])
})
