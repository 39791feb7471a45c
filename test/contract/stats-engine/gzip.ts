/** Compressed segments, whole and damaged. */
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { constants, gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { active, closed, entryLine } from '../../stats-files.js'
import type { Subject } from './subject.js'

const { Z_SYNC_FLUSH } = constants

const linesOf = (count: number, fields: object = {}): string[] =>
  Array.from({ length: count }, () => JSON.stringify(entryLine(fields)))
const gzip = (...lines: readonly string[]): Buffer => gzipSync(lines.map((line) => `${line}\n`).join(''))
const flipped = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy.writeUInt8(copy.readUInt8(at) ^ 0xff, at)
  return copy
}

export function describeGzip({ create, engine, files }: Subject): void {
  test('gzip files, raw ones and damage in both are read as one', async () => {
    const [a = '', b = '', c = ''] = linesOf(3)
    files
      .writeBytes(closed(1, 'gzip'), gzip(a, 'damaged', b))
      .write(closed(2), c, a)
      .writeBytes(closed(3, 'gzip'), gzip())
    const answer = await engine.stats(files.stats())
    expect(answer).toMatchObject({ lines: 4, measures: { totalRequests: 3 } })
    expect(answer.damaged).toBe(1)
    expect(new Set(await engine.logs(files.logs()))).toEqual(new Set([a, b, c]))
  })

  test('a gzip file cut at any byte costs what cannot be inflated, and is named', async () => {
    const lines = linesOf(3)
    const [other = ''] = linesOf(1)
    const bytes = gzip(...lines)
    const [whole = ''] = files.write(active(), other).paths
    const own = create()
    for (let length = 0; length < bytes.length; length++) {
      const name = closed(length + 1, 'gzip')
      const path = files.writeBytes(name, bytes.subarray(0, length)).paths.at(-1) ?? ''
      const inflated = gunzipSync(length === 0 ? bytes : bytes.subarray(0, length), {
        finishFlush: Z_SYNC_FLUSH,
      })
      const readable = length === 0 ? [] : lines.filter((line) => inflated.includes(line))
      const sources = [{ projectId: 'p', files: [path, whole] }]
      const answer = await own.stats(files.stats({ sources }))
      expect(answer.measures.totalRequests).toBe(readable.length + 1)
      expect(answer.damaged).toBe(1)
      expect(new Set(await own.logs(files.logs({ sources })))).toEqual(new Set([...readable, other]))
    }
    await own.close()
  })

  describe('a gzip file with', () => {
    const lines = linesOf(4)
    const bytes = gzip(...lines)
    test.each<[string, Buffer, number]>([
      ['a wrong checksum', flipped(bytes, bytes.length - 8), 4],
      ['a wrong length', flipped(bytes, bytes.length - 1), 4],
      ['garbage behind it', Buffer.concat([bytes, Buffer.from('garbage')]), 4],
      ['zeros behind it', Buffer.concat([bytes, Buffer.alloc(8)]), 4],
      ['a wrong header', flipped(bytes, 0), 0],
      ['no compression at all', Buffer.from(lines.join('\n')), 0],
      [
        'one endless line in it',
        gzipSync(Buffer.concat([Buffer.from(`${lines[0]}\n`), Buffer.alloc(100 << 20, 'x')])),
        1,
      ],
    ])('%s costs only what cannot be read, and is named', async (_, content, readable) => {
      const temp = join(files.root, 'temp')
      mkdirSync(temp)
      vi.stubEnv('TMPDIR', temp)
      onTestFinished(() => void vi.unstubAllEnvs())
      files.writeBytes(closed(1, 'gzip'), content).write(active(), ...linesOf(2))
      const answer = await engine.stats(files.stats())
      expect(answer.measures.totalRequests).toBe(readable + 2)
      expect(answer.damaged).toBe(1)
      expect(await engine.logs(files.logs())).toHaveLength(readable + 2)
      expect(readdirSync(temp)).toEqual([])
      vi.unstubAllEnvs()
    })

    test('a comment in its header is read whole', async () => {
      const header = Buffer.from(bytes.subarray(0, 10)).fill(0x10, 3, 4)
      const commented = Buffer.concat([header, Buffer.from('by hand\0'), bytes.subarray(10)])
      files.writeBytes(closed(1, 'gzip'), bytes).writeBytes(closed(2, 'gzip'), commented)
      files.writeBytes("it's [b].jsonl.gz", gzip(...linesOf(1)))
      expect((await engine.stats(files.stats())).measures.totalRequests).toBe(5)
      expect(await engine.logs(files.logs())).toHaveLength(5)
    })
  })
}
