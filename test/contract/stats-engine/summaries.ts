/** What retention left of a segment: counted as any line, and in no list. */
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { closed, entryLine } from '../../stats-files.js'
import type { Subject } from './subject.js'

const gzip = (...lines: readonly string[]): Buffer => gzipSync(lines.map((line) => `${line}\n`).join(''))

export function describeSummaries({ engine, files }: Subject): void {
  const summary = (id: string, fields: object = {}): string =>
    JSON.stringify({ ...entryLine({ summarized: true, usage: { prompt_tokens: 3 }, ...fields }), id })
  const full = (id: string, fields: object = {}): string =>
    JSON.stringify({ ...entryLine({ usage: { prompt_tokens: 3 }, ...fields }), id })

  test('count as any line, are counted apart, and are in no list', async () => {
    files.writeBytes(
      closed(1, 'summary'),
      gzip(summary('a'), summary('b', { status: 'error', tags: ['x'] }), summary('c', { status: 'pending' })),
    )
    files.write(closed(2), full('d', { tags: ['x'] }))
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
    files.writeBytes(closed(1, 'summary'), gzip(first)).write(closed(2), second)
    expect((await engine.stats(files.stats())).measures).toMatchObject({
      totalRequests: 1,
      summarizedRequests: summarized,
    })
    expect(await engine.logs(files.logs())).toHaveLength(listed)
  })

  test('a caller that logs a field `summarized` makes none of it', async () => {
    files.write(closed(1), full('a', { summarized: true })).writeBytes(closed(2, 'gzip'), gzip(summary('b')))
    expect((await engine.stats(files.stats())).measures).toMatchObject({
      totalRequests: 2,
      summarizedRequests: 0,
    })
    expect(await engine.logs(files.logs())).toHaveLength(2)
  })

  test('one that was cut counts as far as it can be read', async () => {
    const [a, b] = [summary('a'), summary('b')]
    files.writeBytes(closed(1, 'summary'), gzip(a, b).subarray(0, -8))
    expect(await engine.stats(files.stats())).toMatchObject({
      measures: { totalRequests: 2, summarizedRequests: 2 },
      damaged: 1,
    })
    expect(await engine.logs(files.logs())).toEqual([])
  })
}
