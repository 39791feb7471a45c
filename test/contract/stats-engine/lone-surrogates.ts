/** Lone surrogates, which JSON allows as escapes and no UTF-8 can hold. */
import { appendFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { StatsQuestion } from '../../../src/stats/stats-engine.js'
import { active, closed, entryLine } from '../../stats-files.js'
import type { Subject } from './subject.js'

const escaped = (fields: object): string => JSON.stringify(entryLine(fields))

export function describeLoneSurrogates(subject: Subject): void {
  describe.each([active(), closed(1), closed(1, 'gzip')])('in %s', (name) => describeNamed(subject, name))
  describeAppended(subject)
}

function describeNamed({ engine, files }: Subject, name: string): void {
  const inForm = (bytes: Uint8Array): Uint8Array => (name.endsWith('.gz') ? gzipSync(bytes) : bytes)

  test.each<[string, object, object]>([
    ['a text', { messages: ['a\ud800b'] }, { messages: ['a\ufffdb'] }],
    ['a name', { metadata: { '\udfff': 1 } }, { metadata: { '\ufffd': 1 } }],
    ['two the wrong way round', { params: '\udc00\ud800' }, { params: '\ufffd\ufffd' }],
    ['one before a pair', { params: '\ud83d\u{1f600}' }, { params: '\ufffd\u{1f600}' }],
    ['one behind a backslash', { params: '\\\ud800' }, { params: '\\\ufffd' }],
  ])('%s: the line counts, with U+FFFD in its place', async (_, fields, read) => {
    const line = escaped(fields)
    files.write(name, entryLine(), line, entryLine())
    const expected = { ...JSON.parse(line), ...read }
    const answer = await engine.stats(files.stats())
    expect(answer).toMatchObject({ measures: { totalRequests: 3 }, lines: 3, damaged: 0 })
    const [logged = ''] = await engine.logs(files.logs({ id: expected.id }))
    expect(JSON.parse(logged)).toEqual(expected)
  })

  test('a backslash before `ud800` and a pair are none', async () => {
    const lines = [{ params: '\\ud800' }, { params: '\\\\ud800' }, { params: '\u{1f600}' }].map(escaped)
    const pair = escaped({ params: 'PAIR' }).replace('PAIR', '\\uD83D\\uDE00')
    files.write(name, ...lines, pair, 'damaged', escaped({ params: '\ud800' }))
    const logged = await engine.logs(files.logs())
    expect(logged).toHaveLength(5)
    expect(new Set(logged)).toEqual(new Set([...lines, pair, expect.stringContaining('\ufffd')]))
    expect((await engine.stats(files.stats())).damaged).toBe(1)
  })

  // In a growing file a write may be under way at its end.
  const atEnd = name === active() ? 0 : 1
  test.each<[string, (line: string) => Uint8Array, damaged?: number]>([
    ['bytes that are no UTF-8', (line) => Buffer.concat([Buffer.from([0xff, 0x0a]), Buffer.from(line)])],
    ['a torn line', (line) => Buffer.from(`{"id":\n${line}`)],
    ['a line torn at the end', (line) => Buffer.from(`${line}{"id":`), atEnd],
    [
      'an escape cut off by the end of its text',
      (line) => Buffer.from(`{"id":"x","params":"\\ud8"zz"}\n${line}`),
    ],
    ['an escape that is none', (line) => Buffer.from(`{"id":"x","params":"\\ud8gz"}\n${line}`)],
  ])('beside %s, which stay damage', async (_, contentOf, damaged = 1) => {
    const line = `${escaped({ params: '\ud800' })}\n${escaped({})}\n`
    files.writeBytes(name, inForm(contentOf(line))).writeBytes(closed(2, 'gzip'), gzipSync(line))
    const answer = await engine.stats(files.stats())
    expect(answer).toMatchObject({ lines: 4, damaged })
    expect(await engine.logs(files.logs())).toHaveLength(2)
  })

  test('before blank text without a newline, which is no damage', async () => {
    const content = `${escaped({ params: '\ud800' })}\n\t`
    files.writeBytes(name, inForm(Buffer.from(content)))
    expect(await engine.stats(files.stats())).toMatchObject({ lines: 1, damaged: 0 })
  })

  test.each(['model', 'user_id', 'chat_id', 'provider'])(
    'a group has U+FFFD in its place: %s',
    async (field) => {
      const dimension = { user_id: 'user', chat_id: 'chat' }[field] ?? field
      files.write(name, escaped({ [field]: 'a\ud800' }), escaped({ [field]: 'a\ufffd' }))
      const { breakdown } = await engine.stats(
        files.stats({ groupBy: [dimension] as StatsQuestion['groupBy'] }),
      )
      expect(breakdown).toMatchObject([{ [dimension]: 'a\ufffd', requests: 2 }])
    },
  )
}

function describeAppended({ engine, files }: Subject): void {
  test('one that is appended to a file with damage', async () => {
    files.write(active(), entryLine(), 'damaged')
    expect((await engine.stats(files.stats())).lines).toBe(1)
    appendFileSync(files.paths[0] ?? '', `${escaped({ params: '\ud800' })}\n`)
    expect((await engine.stats(files.stats())).lines).toBe(2)
    appendFileSync(files.paths[0] ?? '', `${escaped({ params: '\ud800' })}\n`)
    const asked = Array.from({ length: 4 }, () => engine.stats(files.stats()))
    expect((await Promise.all(asked)).map(({ lines }) => lines)).toEqual([3, 3, 3, 3])
  })
}
