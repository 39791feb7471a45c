import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { constants, gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test, vi } from 'vitest'
import { entryLine, useEngine } from '../../../test/stats-files.js'

const { Z_SYNC_FLUSH } = constants
const { engine, files } = useEngine()

const linesOf = (count: number, fields: object = {}): string[] =>
  Array.from({ length: count }, () => JSON.stringify(entryLine(fields)))
const gzip = (...lines: readonly string[]): Buffer => gzipSync(lines.map((line) => `${line}\n`).join(''))
const flipped = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy.writeUInt8(copy.readUInt8(at) ^ 0xff, at)
  return copy
}

test('gzip files, raw ones and damage in both are read as one', async () => {
  const [a = '', b = '', c = ''] = linesOf(3)
  files
    .writeBytes('a.jsonl.gz', gzip(a, 'damaged', b))
    .write('b.jsonl', c, a)
    .writeBytes('c.jsonl.gz', gzip())
  const answer = await engine.stats(files.stats())
  expect(answer).toMatchObject({ lines: 4, measures: { totalRequests: 3 } })
  expect(answer.suspectFiles).toEqual(files.paths.slice(0, 1))
  expect(new Set(await engine.logs(files.logs()))).toEqual(new Set([a, b, c]))
})

test('a gzip file cut at any byte costs what cannot be inflated, and is named', async () => {
  const lines = linesOf(3)
  const [other = ''] = linesOf(1)
  const bytes = gzip(...lines)
  const whole = join(files.root, 'whole.jsonl')
  writeFileSync(whole, `${other}\n`)
  for (let length = 0; length < bytes.length; length++) {
    const path = join(files.root, `cut-${length}.jsonl.gz`)
    writeFileSync(path, bytes.subarray(0, length))
    const inflated = gunzipSync(length === 0 ? bytes : bytes.subarray(0, length), {
      finishFlush: Z_SYNC_FLUSH,
    })
    const readable = length === 0 ? [] : lines.filter((line) => inflated.includes(line))
    const sources = [{ projectId: 'p', files: [path, whole] }]
    const answer = await engine.stats(files.stats({ sources }))
    expect(answer.measures.totalRequests).toBe(readable.length + 1)
    expect(answer.suspectFiles).toEqual([path])
    expect(new Set(await engine.logs(files.logs({ sources })))).toEqual(new Set([...readable, other]))
  }
}, 60_000)

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
    files.writeBytes('bad.jsonl.gz', content).write('whole.jsonl', ...linesOf(2))
    for (let time = 0; time < 2; time++) {
      const answer = await engine.stats(files.stats())
      expect(answer.measures.totalRequests).toBe(readable + 2)
      expect(answer.suspectFiles).toEqual(files.paths.slice(0, 1))
    }
    expect(await engine.logs(files.logs())).toHaveLength(readable + 2)
    expect(readdirSync(temp)).toEqual([])
    vi.unstubAllEnvs()
  })

  test('a comment in its header is read whole', async () => {
    const header = Buffer.from(bytes.subarray(0, 10)).fill(0x10, 3, 4)
    const commented = Buffer.concat([header, Buffer.from('by hand\0'), bytes.subarray(10)])
    files.writeBytes('a.jsonl.gz', bytes).writeBytes("it's [b].jsonl.gz", commented)
    files.writeBytes('c.jsonl.gz', gzip(...linesOf(1)))
    expect((await engine.stats(files.stats())).measures.totalRequests).toBe(5)
    expect(await engine.logs(files.logs())).toHaveLength(5)
  })

  test('damage that was repaired is read whole', async () => {
    files.writeBytes('log.jsonl.gz', bytes.subarray(0, -20))
    expect((await engine.stats(files.stats())).suspectFiles).toEqual(files.paths)
    writeFileSync(files.paths[0] ?? '', bytes)
    expect(await engine.stats(files.stats())).toMatchObject({
      measures: { totalRequests: 4 },
      suspectFiles: [],
    })
  })
})

describe('summaries', () => {
  const summary = (id: string, fields: object = {}): string =>
    JSON.stringify({ ...entryLine({ summarized: true, usage: { prompt_tokens: 3 }, ...fields }), id })
  const full = (id: string, fields: object = {}): string =>
    JSON.stringify({ ...entryLine({ usage: { prompt_tokens: 3 }, ...fields }), id })

  test('count as any line, are counted apart, and are in no list', async () => {
    files.writeBytes(
      'a.summary.jsonl.gz',
      gzip(summary('a'), summary('b', { status: 'error', tags: ['x'] }), summary('c', { status: 'pending' })),
    )
    files.write('b.jsonl', full('d', { tags: ['x'] }))
    const answer = await engine.stats(files.stats({ groupBy: ['tag'] }))
    expect(answer.measures).toMatchObject({
      totalRequests: 3,
      failedRequests: 1,
      pendingRequests: 1,
      promptTokens: 9,
      summarizedRequests: 2,
    })
    expect(
      answer.breakdown.map(({ tag, requests, summarizedRequests }) => [tag, requests, summarizedRequests]),
    ).toEqual([
      ['x', 2, 1],
      [null, 1, 1],
    ])
    expect(answer.models.m?.summarizedRequests).toBe(2)
    expect((await engine.logs(files.logs())).map((line) => JSON.parse(line).id)).toEqual(['d'])
  })

  test.each<[string, string, string, number, number]>([
    ['its final line in full', summary('a', { status: 'pending' }), full('a'), 0, 1],
    ['its pending line in full', summary('a'), full('a', { status: 'pending' }), 1, 0],
    ['a resend in full', summary('a'), full('a'), 0, 1],
  ])('an id whose summary is followed by %s', async (_, first, second, summarized, listed) => {
    files.writeBytes('a.summary.jsonl.gz', gzip(first)).write('b.jsonl', second)
    expect((await engine.stats(files.stats())).measures).toMatchObject({
      totalRequests: 1,
      summarizedRequests: summarized,
    })
    expect(await engine.logs(files.logs())).toHaveLength(listed)
  })

  test('a caller that logs a field `summarized` makes none of it', async () => {
    files.write('log.jsonl', full('a', { summarized: true })).writeBytes('b.jsonl.gz', gzip(summary('b')))
    expect((await engine.stats(files.stats())).measures).toMatchObject({
      totalRequests: 2,
      summarizedRequests: 0,
    })
    expect(await engine.logs(files.logs())).toHaveLength(2)
  })

  test('one that was cut counts as far as it can be read', async () => {
    const [a, b] = [summary('a'), summary('b')]
    files.writeBytes('log.summary.jsonl.gz', gzip(a, b).subarray(0, -8))
    expect(await engine.stats(files.stats())).toMatchObject({
      measures: { totalRequests: 2, summarizedRequests: 2 },
      suspectFiles: files.paths,
    })
    expect(await engine.logs(files.logs())).toEqual([])
  })
})
