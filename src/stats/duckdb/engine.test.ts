import { appendFileSync, linkSync, mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { EMPTY_ANSWER, entryLine, type StatsFiles, useEngine } from '../../../test/stats-files.js'
import { createDuckDbEngine } from './engine.js'

const { engine, files } = useEngine()

describe('files', () => {
  test.each<[string, (files: StatsFiles) => void]>([
    ['none', () => {}],
    ['an empty one', (made) => made.write('empty.jsonl')],
    ['one with blank lines only', (made) => made.write('blank.jsonl', '', '  ', '\r')],
    ['one that is not there', (made) => made.paths.push(join(made.root, 'gone.jsonl'))],
    ['a folder', (made) => made.paths.push(made.root)],
  ])('%s: the empty answer', async (_, prepare) => {
    prepare(files)
    expect(await engine.stats(files.stats({ groupBy: ['day'] }))).toEqual(EMPTY_ANSWER)
    expect(await engine.logs(files.logs())).toEqual([])
  })

  test('one that is absent takes nothing from the others', async () => {
    files.write('a.jsonl', entryLine())
    files.paths.push(join(files.root, 'gone.jsonl'))
    expect((await engine.stats(files.stats())).measures.totalRequests).toBe(1)
  })

  test.each(['with space.jsonl', 'a*?[1].jsonl', "it's.jsonl", '{b}.jsonl', 'ü"$1;--.jsonl', '~', '[ab]'])(
    'the path %s is taken as it is',
    async (name) => {
      files.write('a.jsonl', entryLine()).write('b.jsonl', entryLine()).write(name, entryLine(), 'damaged')
      const answer = await engine.stats(
        files.stats({ sources: [{ projectId: 'p', files: files.paths.slice(2) }] }),
      )
      expect(answer.measures.totalRequests).toBe(1)
      expect(answer.suspectFiles).toEqual(files.paths.slice(2))
    },
  )

  test('a line that fits into no buffer is one damaged line, and costs no other', async () => {
    const [a, b, c, d] = [entryLine(), entryLine(), entryLine(), entryLine()]
    files.write('a.jsonl', a)
    const path = files.write('b.jsonl', b).paths.at(-1) ?? ''
    const { size } = statSync(path)
    truncateSync(path, size + 2 ** 28)
    appendFileSync(path, `\n${JSON.stringify(c)}\n`)
    const expected = new Set([a, b, c].map((entry) => JSON.stringify(entry)))
    for (let times = 0; times < 2; times++) {
      const answer = await engine.stats(files.stats())
      expect(answer).toMatchObject({ measures: { totalRequests: 3 }, suspectFiles: [path] })
      expect(new Set(await engine.logs(files.logs()))).toEqual(expected)
    }
    // It still grows.
    appendFileSync(path, `${JSON.stringify(d)}\n`)
    expect((await engine.stats(files.stats())).measures.totalRequests).toBe(4)
  }, 60_000)

  test.each([
    ['intact files', []],
    ['a torn line, so that all is read carefully', ['{"id":']],
  ])('the lines that are entries are counted whatever is asked for, once a file: %s', async (_, damage) => {
    const line = entryLine()
    files.write('a.jsonl', line, line, '', ...damage).write('b.jsonl', entryLine({ chat_id: 'other' }))
    linkSync(join(files.root, 'a.jsonl'), join(files.root, 'active.jsonl'))
    files.paths.push(join(files.root, 'active.jsonl'))
    const answer = await engine.stats(files.stats({ chatId: 'other' }))
    expect(answer).toMatchObject({ lines: 3, measures: { totalRequests: 1 } })
  })

  test('lines of many megabytes are read', async () => {
    files.write('log.jsonl', entryLine(), entryLine({ params: 'ü'.repeat(12 << 20) }), entryLine())
    expect((await engine.stats(files.stats())).measures.totalRequests).toBe(3)
    expect((await engine.logs(files.logs())).map((line) => line.length > 1e6)).toEqual([false, true, false])
  })

  test.each([
    ['arrays', '[', '', ']'],
    ['objects', '{"a":', '1', '}'],
  ])('a line of 200,000 nested %s is read', async (_, open, core, close) => {
    const nested = open.repeat(200_000) + core + close.repeat(200_000)
    const lines = ['params', 'metadata', 'usage'].map((field) =>
      JSON.stringify(entryLine()).replace('}', `,"${field}":${nested}}`),
    )
    files.write('log.jsonl', ...lines, entryLine())
    expect((await engine.stats(files.stats({ groupBy: ['metadata.a'] }))).measures.totalRequests).toBe(4)
    expect(await engine.logs(files.logs())).toHaveLength(4)
  })

  test('a line that is being written is no entry yet, and one without newline is', async () => {
    files.write('log.jsonl', entryLine())
    const [path = ''] = files.paths
    const line = JSON.stringify(entryLine())
    appendFileSync(path, line.slice(0, 40))
    expect((await engine.stats(files.stats())).measures.totalRequests).toBe(1)
    appendFileSync(path, line.slice(40))
    expect((await engine.stats(files.stats())).measures.totalRequests).toBe(2)
  })
})

describe('damaged lines', () => {
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
  ])('%s: skipped, and its file is named', async (_, line) => {
    files.write('good.jsonl', entryLine()).write('bad.jsonl', entryLine(), line, entryLine())
    const answer = await engine.stats(files.stats())
    expect(answer.measures.totalRequests).toBe(3)
    expect(answer.suspectFiles).toEqual([files.paths[1]])
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
    files.write('log.jsonl', ...lines.flat())
    const own = createDuckDbEngine()
    // Twice: then the file is known to be damaged.
    for (let time = 0; time < 2; time++) {
      const { measures, suspectFiles } = await own.stats(files.stats())
      expect(measures).toMatchObject({ totalRequests: lines.length, promptTokens: lines.length })
      expect(suspectFiles).toEqual(files.paths)
    }
    await own.close()
  })

  test.each(['}', '}{', ']}', '"b":2}', '  }'])(
    'a torn line that the next one, %s, would complete is no error',
    async (rest) => {
      const torn = JSON.stringify(entryLine()).slice(0, -1)
      for (const [index, start] of [torn, `${torn},`, `${torn},"tags":[1`].entries()) {
        files.write(`log-${index}.jsonl`, entryLine(), start, rest, entryLine())
      }
      const own = createDuckDbEngine()
      const { measures, suspectFiles } = await own.stats(files.stats())
      expect(measures.totalRequests).toBe(6)
      expect(suspectFiles).toEqual(files.paths)
      await own.close()
    },
  )

  test('blank lines and Windows line ends are no damage', async () => {
    files.write('log.jsonl', `${JSON.stringify(entryLine())}\r`, '', '\r', ' \t', entryLine())
    const answer = await engine.stats(files.stats())
    expect(answer.measures.totalRequests).toBe(2)
    expect(answer.suspectFiles).toEqual([])
  })

  test('starts that other programs spell otherwise are read', async () => {
    const starts = [
      '2026-01-31T12:00Z',
      '2026-01-31T14:00:00+0200',
      '2026-01-31T17:45:00.000999999+05:45',
      '2026-01-31T12:00:00z',
    ]
    files.write('log.jsonl', ...starts.map((start) => entryLine({ timestamp_start: start })))
    const noon = Date.parse('2026-01-31T12:00:00Z')
    expect(await engine.stats(files.stats())).toMatchObject({
      firstMs: noon,
      lastMs: noon,
      measures: { totalRequests: 4 },
    })
  })
})

describe('lone surrogates, which JSON allows as escapes and no UTF-8 can hold', () => {
  const escaped = (fields: object): string => JSON.stringify(entryLine(fields))

  test.each<[string, object, object]>([
    ['a text', { messages: ['a\ud800b'] }, { messages: ['a\ufffdb'] }],
    ['a name', { metadata: { '\udfff': 1 } }, { metadata: { '\ufffd': 1 } }],
    ['two the wrong way round', { params: '\udc00\ud800' }, { params: '\ufffd\ufffd' }],
    ['one before a pair', { params: '\ud83d\u{1f600}' }, { params: '\ufffd\u{1f600}' }],
    ['one behind a backslash', { params: '\\\ud800' }, { params: '\\\ufffd' }],
  ])('%s: the line counts, with U+FFFD in its place', async (_, fields, read) => {
    const line = escaped(fields)
    files.write('log.jsonl', entryLine(), line, entryLine())
    const expected = { ...JSON.parse(line), ...read }
    for (let time = 0; time < 2; time++) {
      const answer = await engine.stats(files.stats())
      expect(answer).toMatchObject({ measures: { totalRequests: 3 }, lines: 3, suspectFiles: [] })
      const [logged = ''] = await engine.logs(files.logs({ id: expected.id }))
      expect(JSON.parse(logged)).toEqual(expected)
    }
  })

  test('a backslash before `ud800` and a pair are none', async () => {
    const lines = [{ params: '\\ud800' }, { params: '\\\\ud800' }, { params: '\u{1f600}' }].map(escaped)
    const pair = escaped({ params: 'PAIR' }).replace('PAIR', '\\uD83D\\uDE00')
    files.write('log.jsonl', ...lines, pair, 'damaged', escaped({ params: '\ud800' }))
    const logged = await engine.logs(files.logs())
    expect(logged).toHaveLength(5)
    expect(new Set(logged)).toEqual(new Set([...lines, pair, expect.stringContaining('\ufffd')]))
    expect((await engine.stats(files.stats())).suspectFiles).toEqual(files.paths)
  })

  test.each<[string, (line: string) => Uint8Array]>([
    ['bytes that are no UTF-8', (line) => Buffer.concat([Buffer.from([0xff, 0x0a]), Buffer.from(line)])],
    ['a torn line', (line) => Buffer.from(`{"id":\n${line}`)],
    ['a line torn at the end', (line) => Buffer.from(`${line}{"id":`)],
    [
      'an escape cut off by the end of its text',
      (line) => Buffer.from(`{"id":"x","params":"\\ud8"zz"}\n${line}`),
    ],
    ['an escape that is none', (line) => Buffer.from(`{"id":"x","params":"\\ud8gz"}\n${line}`)],
  ])('beside %s, which stay damage', async (_, contentOf) => {
    const line = `${escaped({ params: '\ud800' })}\n${escaped({})}\n`
    files.writeBytes('log.jsonl', contentOf(line)).writeBytes('b.jsonl.gz', gzipSync(line))
    const answer = await engine.stats(files.stats())
    expect(answer).toMatchObject({ lines: 4, suspectFiles: files.paths.slice(0, 1) })
    expect(await engine.logs(files.logs())).toHaveLength(2)
  })

  test.each(['log.jsonl', 'log.jsonl.gz'])(
    'before blank text without a newline, which is no damage: %s',
    async (name) => {
      const content = `${escaped({ params: '\ud800' })}\n\t`
      files.writeBytes(name, name.endsWith('.gz') ? gzipSync(content) : Buffer.from(content))
      expect(await engine.stats(files.stats())).toMatchObject({ lines: 1, suspectFiles: [] })
    },
  )

  test('one that is appended to a file with damage', async () => {
    files.write('log.jsonl', entryLine(), 'damaged')
    expect((await engine.stats(files.stats())).lines).toBe(1)
    appendFileSync(files.paths[0] ?? '', `${escaped({ params: '\ud800' })}\n`)
    expect((await engine.stats(files.stats())).lines).toBe(2)
    appendFileSync(files.paths[0] ?? '', `${escaped({ params: '\ud800' })}\n`)
    const asked = Array.from({ length: 4 }, () => engine.stats(files.stats()))
    expect((await Promise.all(asked)).map(({ lines }) => lines)).toEqual([3, 3, 3, 3])
  })
})

test('a range includes both its ends', async () => {
  const starts = ['11:59:59.999', '12:00:00.000', '12:00:00.001', '12:00:00.002']
  files.write('log.jsonl', ...starts.map((time) => entryLine({ timestamp_start: `2026-01-31T${time}Z` })))
  const [fromMs, toMs] = [Date.parse('2026-01-31T12:00:00.000Z'), Date.parse('2026-01-31T12:00:00.001Z')]
  const answer = await engine.stats(files.stats({ fromMs, toMs }))
  expect(answer).toMatchObject({ firstMs: fromMs, lastMs: toMs, measures: { totalRequests: 2 } })
})

describe('the engine itself', () => {
  test('answers many questions at once', async () => {
    files.write('log.jsonl', entryLine())
    const answers = await Promise.all(Array.from({ length: 12 }, () => engine.stats(files.stats())))
    expect(answers.map(({ measures }) => measures.totalRequests)).toEqual(Array(12).fill(1))
  })

  test('a failure says what, where and why, and the next question is answered', async () => {
    const own = createDuckDbEngine({ memoryLimit: '64MB', tempDirectory: join(files.root, 'temp') })
    mkdirSync(join(files.root, 'temp'))
    files.write('huge.jsonl')
    writeFileSync(join(files.root, 'huge.jsonl'), `{"id":"${'x'.repeat(140 << 20)}"}\n`)
    await expect(own.stats(files.stats())).rejects.toMatchObject({
      name: 'FileSystemError',
      code: 'STATS_ENGINE_ERROR',
      operation: 'getStats',
      path: files.paths[0],
      cause: expect.anything(),
    })
    rmSync(join(files.root, 'huge.jsonl'))
    expect(await own.stats(files.stats())).toEqual(EMPTY_ANSWER)
    await own.close()
  })

  test('after close it refuses; closing twice, or before any question, is fine', async () => {
    const own = createDuckDbEngine()
    await own.close()
    await own.close()
    await expect(own.stats(files.stats())).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
  })

  test('close waits for the questions under way', async () => {
    const own = createDuckDbEngine({ maxConcurrent: 1 })
    files.write('log.jsonl', entryLine())
    const asked = [1, 2, 3].map(() => own.stats(files.stats()))
    await own.close()
    expect((await Promise.all(asked)).map(({ measures }) => measures.totalRequests)).toEqual([1, 1, 1])
  })
})
