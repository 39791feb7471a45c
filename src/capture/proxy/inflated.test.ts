import { once } from 'node:events'
import { brotliCompressSync, createGzip, deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { copyFor, inflate } from './inflated.js'

/** What a reader got of these chunks, and whether it could be read. */
async function read(encoding: string | undefined, chunks: readonly Uint8Array[]) {
  const got: Uint8Array[] = []
  const ended = new Promise<boolean>((resolve) => {
    const copy = copyFor(encoding, { chunk: (bytes) => got.push(bytes), end: resolve })
    for (const bytes of chunks) copy.chunk(bytes)
    copy.end()
  })
  const unreadable = await ended
  return { text: Buffer.concat(got).toString(), unreadable }
}

const TEXT = 'data: {"a":1}\n\n'.repeat(50)

describe('a copy', () => {
  test.each([
    ['as it is', undefined, Buffer.from(TEXT)],
    ['identity', 'identity', Buffer.from(TEXT)],
    ['gzip', 'gzip', gzipSync(TEXT)],
    ['x-gzip, in capitals', 'X-GZIP', gzipSync(TEXT)],
    ['deflate', 'deflate', deflateSync(TEXT)],
    ['br', 'br', brotliCompressSync(TEXT)],
  ])('%s, byte by byte', async (_name, encoding, bytes) => {
    const chunks = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))
    expect(await read(encoding, chunks)).toEqual({ text: TEXT, unreadable: false })
  })

  test.each([
    ['an unknown encoding', 'zstd', gzipSync(TEXT)],
    ['two encodings', 'gzip, br', gzipSync(TEXT)],
    ['what is no gzip', 'gzip', Buffer.from('not zipped at all')],
  ])('of %s cannot be read', async (_name, encoding, bytes) => {
    expect(await read(encoding, [bytes])).toEqual({ text: '', unreadable: true })
  })

  test('of what was cut anywhere is read as far as it came', async () => {
    const zipped = gzipSync(TEXT)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: zipped.length - 1 }), async (end) => {
        const { text, unreadable } = await read('gzip', [zipped.subarray(0, end)])
        expect([TEXT.startsWith(text), unreadable]).toEqual([true, false])
      }),
    )
  })

  test('of a bomb is given up, not kept', async () => {
    const gzip = createGzip({ level: 1 })
    const bomb: Buffer[] = []
    gzip.on('data', (bytes: Buffer) => bomb.push(bytes))
    for (let mebibytes = 0; mebibytes < 70; mebibytes += 1) gzip.write(Buffer.alloc(1024 * 1024))
    gzip.end()
    await once(gzip, 'end')
    let size = 0
    const unreadable = await new Promise((resolve) => {
      const copy = copyFor('gzip', {
        chunk: (bytes) => {
          size += bytes.length
        },
        end: resolve,
      })
      for (const bytes of bomb) copy.chunk(bytes)
      copy.end()
    })
    expect(unreadable).toBe(true)
    expect(size).toBeLessThanOrEqual(64 * 1024 * 1024)
  })
})

test('a whole body', () => {
  const shown = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString()
  expect(shown(inflate(gzipSync(TEXT), 'gzip', 10_000))).toBe(TEXT)
  expect(shown(inflate(brotliCompressSync(TEXT), 'br', 10_000))).toBe(TEXT)
  expect(shown(inflate(Buffer.from(TEXT), undefined, 10_000))).toBe(TEXT)
  expect(inflate(gzipSync(Buffer.alloc(100_000)), 'gzip', 10_000)).toBeUndefined()
  expect(inflate(Buffer.from(TEXT), 'gzip', 10_000)).toBeUndefined()
  expect(inflate(Buffer.from(TEXT), 'zstd', 10_000)).toBeUndefined()
})
