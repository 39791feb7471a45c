import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../../test/fixtures/temp-folder.js'
import { DamageFinder } from './damage.js'
import { readLines } from './read-lines.js'
import {
  activeName,
  closedName,
  closedSegments,
  formName,
  listForms,
  listRefused,
  listSegments,
  nextSequence,
} from './segments.js'
import { SLOTS_DIR } from './slot.js'
import { takeSnapshot } from './snapshot.js'

const entry = (id: string): string =>
  `{"id":"${id}","status":"success","timestamp_start":"2026-01-01T00:00:00.000Z"}`

async function linesOf(path: string, start = 0) {
  const lines = []
  for await (const line of readLines(path, start)) lines.push(line)
  return lines
}

describe('readLines', () => {
  test('gives text and byte ranges, across chunks and inside of characters', async () => {
    const path = join(tempFolder(), 'log')
    const texts = Array.from({ length: 3_000 }, (_, i) => `${i} ä€😀 ${'x'.repeat(i % 900)}`)
    writeFileSync(path, `${texts.join('\n')}\n`)
    const lines = await linesOf(path)
    expect(lines.map(({ text }) => text)).toEqual(texts)
    const bytes = Buffer.from(`${texts.join('\n')}\n`)
    for (const { text, from, to } of lines) expect(bytes.subarray(from, to - 1).toString()).toBe(text)
    expect(lines.every(({ terminated }) => terminated)).toBe(true)
    expect(await linesOf(path, lines[2_999]?.from)).toEqual(lines.slice(2_999))
  })

  test.each([
    ['an absent file', undefined, []],
    ['an empty file', '', []],
    [
      'an unfinished line',
      'a\nb',
      [
        ['a', true],
        ['b', false],
      ],
    ],
    ['bytes that are no UTF-8', Buffer.from([0x61, 0xff, 0x0a]), [[undefined, true]]],
    [
      'blank lines',
      '\n\na\n',
      [
        ['', true],
        ['', true],
        ['a', true],
      ],
    ],
  ])('%s', async (_, content, expected) => {
    const path = join(tempFolder(), 'log')
    if (content !== undefined) writeFileSync(path, content)
    expect((await linesOf(path)).map(({ text, terminated }) => [text, terminated])).toEqual(expected)
  })

  test('a line longer than any that is written costs bounded memory and is damage', async () => {
    const path = join(tempFolder(), 'log')
    writeFileSync(path, `a\n${'x'.repeat(60_000_000)}\nb\n`)
    expect((await linesOf(path)).map(({ text, from, to }) => [text, to - from])).toEqual([
      ['a', 2],
      [undefined, 60_000_001],
      ['b', 2],
    ])
  })

  test('refuses a symbolic link and a FIFO without blocking', async () => {
    const folder = tempFolder()
    symlinkSync('/etc/hostname', join(folder, 'link'))
    execFileSync('mkfifo', [join(folder, 'fifo')])
    await expect(linesOf(join(folder, 'link'))).rejects.toMatchObject({ code: 'PATH_IS_SYMLINK' })
    await expect(linesOf(join(folder, 'fifo'))).rejects.toMatchObject({ code: 'LOG_READ_ERROR' })
  })
})

describe('segments', () => {
  test('are listed in reading order: closed by slot and sequence, then active', () => {
    const folder = tempFolder()
    const now = new Date(Date.UTC(2026, 0, 31, 14, 5, 6, 78))
    const names = [
      closedName('log', 0, 1, now),
      closedName('log', 0, 2, now),
      closedName('log', 0, 12, now),
      closedName('log', 1, 1, now),
      activeName('log', 0),
      activeName('log', 1),
      activeName('log', 10),
    ]
    expect(names[0]).toBe('log.0-00000001-20260131T140506078Z.jsonl')
    for (const name of [...names].reverse()) writeFileSync(join(folder, name), '')
    for (const other of ['log.jsonl.bak', 'log.x.jsonl', 'other.jsonl', 'log.0-1.jsonl'])
      writeFileSync(join(folder, other), '')
    symlinkSync('/etc/hostname', join(folder, 'log.7.jsonl'))
    mkdirSync(join(folder, 'log.8.jsonl'))
    expect(listSegments(folder, 'log').map(({ path }) => basename(path))).toEqual(names)
    expect([0, 1, 5].map((slot) => nextSequence(folder, 'log', slot))).toEqual([13, 2, 1])
  })

  test.each([
    ['raw', ['.jsonl'], '.jsonl'],
    ['gzip', ['.jsonl.gz'], '.jsonl.gz'],
    ['summary', ['.summary.jsonl.gz'], '.summary.jsonl.gz'],
    ['raw', ['.jsonl', '.jsonl.gz'], '.jsonl'],
    ['summary', ['.jsonl', '.summary.jsonl.gz'], '.summary.jsonl.gz'],
    ['summary', ['.jsonl.gz', '.summary.jsonl.gz', '.jsonl'], '.summary.jsonl.gz'],
  ] as const)('of one stem the %s form counts when there are %j', (form, endings, counting) => {
    const folder = tempFolder()
    const stem = 'log.0-00000007-20260131T140506078Z'
    for (const ending of endings) writeFileSync(join(folder, `${stem}${ending}`), '')
    expect(formName(stem, form)).toBe(`${stem}${counting}`)
    expect(closedSegments(folder, 'log')).toEqual([
      { path: join(folder, `${stem}${counting}`), slot: 0, sequence: 7, form, stem },
    ])
    expect(listForms(folder, 'log')).toHaveLength(endings.length)
    expect(nextSequence(folder, 'log', 0)).toBe(8)
  })

  test('forms are read in one order, and names that are no form are none', () => {
    const folder = tempFolder()
    const names = [
      'log.0-00000001-20260101T000000000Z.summary.jsonl.gz',
      'log.0-00000002-20260102T000000000Z.jsonl.gz',
      'log.0-00000003-20260103T000000000Z.jsonl',
      'log.1-00000001-20260101T000000000Z.jsonl.gz',
      'log.jsonl',
    ]
    for (const name of [
      ...names,
      'log.jsonl.gz',
      'log.1.summary.jsonl.gz',
      'log.0-00000004-20260103T000000000Z.summary.jsonl',
      'log.0-00000004-20260103T000000000Z.gz',
      'logs.jsonl',
      'xlog.jsonl',
      'log.seals.jsonl',
    ])
      writeFileSync(join(folder, name), '')
    symlinkSync('/etc/hostname', join(folder, 'log.0-00000009-20260103T000000000Z.jsonl.gz'))
    expect(listSegments(folder, 'log').map(({ path }) => basename(path))).toEqual(names)
    expect(closedSegments(folder, 'log').map(({ form }) => form)).toEqual(['summary', 'gzip', 'raw', 'gzip'])
    expect(listRefused(folder, 'log').map((path) => basename(path))).toEqual([
      'log.0-00000009-20260103T000000000Z.jsonl.gz',
    ])
  })

  test('a base is taken as it is, not as a pattern', () => {
    const folder = tempFolder()
    for (const name of ['a.b.jsonl', 'axb.jsonl', 'a+.jsonl', 'aa.jsonl'])
      writeFileSync(join(folder, name), '')
    const names = (base: string) => listSegments(folder, base).map(({ path }) => basename(path))
    expect(names('a.b')).toEqual(['a.b.jsonl'])
    expect(names('a+')).toEqual(['a+.jsonl'])
    expect(names('.*')).toEqual([])
  })

  test('of a folder that does not exist are none', () => {
    expect(listSegments(join(tempFolder(), 'no'), 'log')).toEqual([])
  })
})

describe('takeSnapshot', () => {
  test('still holds the lines of a file that is rotated while it is read', async () => {
    const folder = tempFolder()
    mkdirSync(join(folder, SLOTS_DIR))
    writeFileSync(join(folder, 'log.jsonl'), 'old\n')
    using snapshot = takeSnapshot(folder, 'log')
    renameSync(join(folder, 'log.jsonl'), join(folder, closedName('log', 0, 1, new Date())))
    writeFileSync(join(folder, 'log.jsonl'), 'new\n')
    const texts = []
    for (const file of snapshot.files) for (const { text } of await linesOf(file)) texts.push(text)
    expect(texts).toEqual(['old'])
  })

  test('leaves nothing behind where nothing was written by us', () => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'log.jsonl'), 'old\n')
    using snapshot = takeSnapshot(folder, 'log')
    expect(snapshot.files).toEqual([join(folder, 'log.jsonl')])
    expect(readdirSync(folder)).toEqual(['log.jsonl'])
  })

  test('keeps the order of segments', () => {
    const folder = tempFolder()
    mkdirSync(join(folder, SLOTS_DIR))
    for (const name of [activeName('log', 1), activeName('log', 0), closedName('log', 1, 1, new Date())]) {
      writeFileSync(join(folder, name), '')
    }
    using snapshot = takeSnapshot(folder, 'log')
    expect(snapshot.files.map((file) => basename(file))).toEqual([
      expect.stringMatching(/^log\.1-/),
      'active.jsonl',
      'active.1.jsonl',
    ])
  })
})

describe('DamageFinder', () => {
  test.each([
    ['garbage', 'not json'],
    ['a torn line', entry('a').slice(0, 20)],
    ['glued lines', `${entry('a')}${entry('b')}`],
    ['NULs', '\0\0\0'],
    ['no object', '[1]'],
    ['no status', '{"id":"a","timestamp_start":"2026-01-01T00:00:00.000Z"}'],
    ['no valid start', '{"id":"a","status":"success","timestamp_start":"yesterday"}'],
    ['half a character', Buffer.from('{"id":"ä').subarray(0, -1)],
  ])('names the byte range of %s', async (_, damage) => {
    const path = join(tempFolder(), 'log')
    const before = `${entry('1')}\n`
    writeFileSync(
      path,
      Buffer.concat([Buffer.from(before), Buffer.from(damage), Buffer.from(`\n${entry('2')}\n`)]),
    )
    const from = before.length
    expect(await new DamageFinder().find([path])).toEqual([
      { path, from, to: from + Buffer.byteLength(damage) + 1 },
    ])
  })

  test('blank lines, CRLF and an unfinished last line are none', async () => {
    const path = join(tempFolder(), 'log')
    writeFileSync(path, `\n${entry('1')}\r\n  \n${entry('2').slice(0, 9)}`)
    expect(await new DamageFinder().find([path])).toEqual([])
  })

  test('questions at once find the same damage', async () => {
    const path = join(tempFolder(), 'log')
    const finder = new DamageFinder()
    writeFileSync(path, 'bad\nworse\n')
    const found = await Promise.all(Array.from({ length: 4 }, () => finder.find([path])))
    expect(found.map(({ length }) => length)).toEqual([2, 2, 2, 2])
    expect(await finder.find([path])).toHaveLength(2)
  })

  test('what was found stays found, and what is appended is read too', async () => {
    const path = join(tempFolder(), 'log')
    const finder = new DamageFinder()
    writeFileSync(path, 'bad\nunfin')
    expect(await finder.find([path])).toHaveLength(1)
    appendFileSync(path, 'ished\n')
    expect(await finder.find([path])).toHaveLength(2)
    writeFileSync(path, 'bad\n')
    expect(await finder.find([path])).toHaveLength(1)
  })
})
