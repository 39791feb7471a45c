import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../../test/fixtures/temp-folder.js'
import { DamageFinder } from './damage.js'

const entry = (id: string): string =>
  `{"id":"${id}","status":"success","timestamp_start":"2026-01-01T00:00:00.000Z"}`

/** Holds all of the content and no end. */
const cutGzip = (content: string): Buffer => gzipSync(content).subarray(0, -8)

function foundIn(path: string, content: string): Promise<unknown[]> {
  writeFileSync(path, content)
  return new DamageFinder().find([path])
}

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

  test.each<[string, Buffer, readonly (readonly [number, number])[]]>([
    ['whole', gzipSync(`${entry('1')}\n`), []],
    ['whole with a damaged line', gzipSync('bad\n\n'), [[0, 4]]],
    ['cut behind a line', cutGzip(`${entry('1')}\n`), [[75, 75]]],
    ['cut behind an entry that lacks its newline', cutGzip(entry('1')), [[74, 74]]],
    ['cut inside of a line', cutGzip(`${entry('1')}\n{"id"`), [[75, 80]]],
    [
      'cut behind damage',
      cutGzip('bad\n{"id"'),
      [
        [0, 4],
        [4, 9],
      ],
    ],
    ['no gzip', Buffer.from(`${entry('1')}\n`), [[0, 0]]],
  ])('a gzip file that is %s', async (_, bytes, ranges) => {
    const path = join(tempFolder(), 'log.gz')
    const finder = new DamageFinder()
    writeFileSync(path, bytes)
    for (let time = 0; time < 2; time++)
      expect(await finder.find([path])).toEqual(ranges.map(([from, to]) => ({ path, from, to })))
    writeFileSync(path, gzipSync(`repaired\n${entry('2')}\n`))
    expect(await finder.find([path])).toEqual([{ path, from: 0, to: 9 }])
  })

  test('blank lines, CRLF and an unfinished last line are none', async () => {
    const path = join(tempFolder(), 'log')
    writeFileSync(path, `\n${entry('1')}\r\n  \n${entry('2').slice(0, 9)}`)
    expect(await new DamageFinder().find([path])).toEqual([])
  })

  test.each([
    'llm_requests.0-00000001-20260131T140000000Z.jsonl',
    'evil.1-00000012-20260131T140000000Z.jsonl',
  ])('an unfinished last line of a closed file is damage: %s', async (name) => {
    const path = join(tempFolder(), name)
    const whole = `${entry('1')}\n`
    writeFileSync(path, `${whole}${entry('2').slice(0, 9)}`)
    const finder = new DamageFinder()
    for (let time = 0; time < 2; time++)
      expect(await finder.find([path])).toEqual([{ path, from: whole.length, to: whole.length + 9 }])
    for (const tail of [entry('2'), ' \t'])
      expect([tail, await foundIn(path, `${whole}${tail}`)]).toEqual([tail, []])
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
