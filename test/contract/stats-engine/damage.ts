/** Lines that are no entries: skipped and counted. */
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { active, closed, entryLine } from '../../stats-files.js'
import type { Subject } from './subject.js'

export function describeDamage(subject: Subject): void {
  describe.each([active(), closed(2), closed(2, 'gzip')])('in %s', (name) =>
    describeDamagedFile(subject, name),
  )
}

function describeDamagedFile({ engine, files }: Subject, name: string): void {
  const glued = JSON.stringify(entryLine()).repeat(2)
  test.each<[string, object | string]>([
    ['torn', JSON.stringify(entryLine()).slice(0, -5)],
    ['garbage', '%%%'],
    ['two glued together', glued],
    ['NULs', '\0\0\0'],
    ['no object', '[1]'],
    ['null', 'null'],
    ['no id', { ...entryLine(), id: undefined }],
    ['an id that is no text', { ...entryLine(), id: 5 }],
    ['an unknown status', entryLine({ status: 'done' })],
    ['no start', entryLine({ timestamp_start: undefined })],
    ['a start without a zone', entryLine({ timestamp_start: '2026-01-31T12:00:00.000' })],
    ['a start that is no date', entryLine({ timestamp_start: '2026-02-30T12:00:00.000Z' })],
  ])('%s: skipped and counted', async (_, line) => {
    files.write(closed(1), entryLine()).write(name, entryLine(), line, entryLine())
    const answer = await engine.stats(files.stats())
    expect(answer.measures.totalRequests).toBe(3)
    expect(answer.damaged).toBe(1)
  })

  // DuckDB takes what follows a line torn behind `:` or `,` for its continuation; see source.ts.
  test('a line torn at any byte takes nothing from the line behind it', async () => {
    const torn = JSON.stringify(
      entryLine({ tags: ['a', 'b'], metadata: { list: [1, { x: 'y' }], text: 'q"' } }),
    )
    const lines = Array.from({ length: torn.length - 1 }, (_, index) => [
      torn.slice(0, index + 1),
      entryLine({ usage: { prompt_tokens: 1 }, metadata: { note: 'say "ü"\n' } }),
    ])
    files.write(name, ...lines.flat())
    const { measures, damaged } = await engine.stats(files.stats())
    expect(measures).toMatchObject({ totalRequests: lines.length, promptTokens: lines.length })
    expect(damaged).toBe(lines.length)
  })

  test.each(['}', '}{', ']}', '"b":2}', '  }'])(
    'a torn line that the next one, %s, would complete is no error',
    async (rest) => {
      const torn = JSON.stringify(entryLine()).slice(0, -1)
      const content = (start: string): (object | string)[] => [entryLine(), start, rest, entryLine()]
      files.write(closed(1), ...content(torn)).write(name, ...content(`${torn},`))
      files.write(active(1), ...content(`${torn},"tags":[1`))
      const { measures, damaged } = await engine.stats(files.stats())
      expect(measures.totalRequests).toBe(6)
      expect(damaged).toBe(6)
    },
  )

  test.each(['5', '{'])('a file of one byte, %s, is a line like any other', async (content) => {
    const bytes = Buffer.from(content)
    files.writeBytes(name, name.endsWith('.gz') ? gzipSync(bytes) : bytes).write(closed(3), entryLine())
    const answer = await engine.stats(files.stats())
    expect(answer).toMatchObject({ lines: 1, damaged: name === active() ? 0 : 1 })
  })

  test('blank lines and Windows line ends are no damage', async () => {
    files.write(name, `${JSON.stringify(entryLine())}\r`, '', '\r', ' \t', entryLine())
    const answer = await engine.stats(files.stats())
    expect(answer.measures.totalRequests).toBe(2)
    expect(answer.damaged).toBe(0)
  })

  test('starts that other programs spell otherwise are read', async () => {
    const starts = [
      '2026-01-31T12:00Z',
      '2026-01-31T14:00:00+0200',
      '2026-01-31T17:45:00.000999999+05:45',
      '2026-01-31T12:00:00z',
    ]
    files.write(name, ...starts.map((start) => entryLine({ timestamp_start: start })))
    const noon = Date.parse('2026-01-31T12:00:00Z')
    expect(await engine.stats(files.stats())).toMatchObject({
      firstMs: noon,
      lastMs: noon,
      measures: { totalRequests: 4 },
    })
  })
}
