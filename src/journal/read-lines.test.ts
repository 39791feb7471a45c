import { execFileSync } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { constants, gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../../test/fixtures/temp-folder.js'
import { readLines } from './read-lines.js'

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

  describe('of a gzip file', () => {
    const texts = Array.from({ length: 400 }, (_, i) => `${i} ä€😀 ${(i * 7919).toString(36).repeat(i % 9)}`)
    const bytes = gzipSync(`${texts.join('\n')}\n`)
    const readGzip = (content: Uint8Array, start = 0) => {
      const path = join(tempFolder(), 'log.gz')
      writeFileSync(path, content)
      return linesOf(path, start)
    }

    test('are those of its content, from any of them on', async () => {
      const path = join(tempFolder(), 'log')
      writeFileSync(path, `${texts.join('\n')}\n`)
      const plain = await linesOf(path)
      expect(await readGzip(bytes)).toEqual(plain)
      expect(await readGzip(bytes, plain[300]?.from)).toEqual(plain.slice(300))
      expect(await readGzip(Buffer.concat([bytes, bytes]))).toHaveLength(800)
    })

    test('cut anywhere are all that can be inflated, and then the break', async () => {
      for (let length = 1; length < bytes.length; length += 7) {
        const left = bytes.subarray(0, length)
        const inflated = gunzipSync(left, { finishFlush: constants.Z_SYNC_FLUSH })
        const lines = await readGzip(left)
        const [end, ...others] = lines.reverse()
        const to = inflated.length
        expect(end).toEqual({ text: undefined, from: to, to, terminated: true, broken: 'cut' })
        const whole = others.filter(({ terminated }) => terminated).reverse()
        expect(whole.map(({ text }) => text)).toEqual(inflated.toString().split('\n').slice(0, -1))
      }
    })

    test('with a wrong byte are those before it, to the last', async () => {
      const content = Array.from({ length: 9_000 }, (_, i) => `line ${i}\n`).join('')
      // Stored in blocks of 5 bytes of header and `length` bytes of content, so that the place of a byte is known.
      const stored = gzipSync(content, { level: 0 })
      const length = stored.readUInt16LE(11)
      expect(length).toBeLessThan(content.length)
      stored[10 + 5 + length + 1] = 1 ^ (stored[10 + 5 + length + 1] ?? 0)
      const readable = content.slice(0, length)
      const lines = await readGzip(stored)
      expect(lines.map(({ text, broken }) => broken ?? text)).toEqual([...readable.split('\n'), 'bad'])
      expect(lines.at(-1)).toMatchObject({ from: length, to: length })
    })

    test.each([
      ['no gzip at all', Buffer.from('{"id":1}\n'), ['bad']],
      ['garbage behind it', Buffer.concat([gzipSync('a\nb\n'), Buffer.from('xyz')]), ['a', 'b', 'bad']],
      ['zeros behind it', Buffer.concat([gzipSync('a\nb\n'), Buffer.alloc(9)]), ['a', 'b', 'bad']],
      ['nothing', Buffer.alloc(0), ['cut']],
      ['an empty content', gzipSync(''), []],
      ['an unfinished line', gzipSync('a\nb'), ['a', 'b']],
    ])('%s', async (_, content, expected) => {
      expect((await readGzip(content)).map(({ text, broken }) => broken ?? text)).toEqual(expected)
    })

    test('of one endless line cost bounded memory', async () => {
      const part = gzipSync(Buffer.alloc(100 << 20, 'x'))
      const lines = await readGzip(Buffer.concat([gzipSync('a\n'), part, part, part, gzipSync('\nb\n')]))
      expect(lines.map(({ text, to, from }) => [text, to - from])).toEqual([
        ['a', 2],
        [undefined, (300 << 20) + 1],
        ['b', 2],
      ])
    })
  })

  test('refuses a symbolic link and a FIFO without blocking', async () => {
    const folder = tempFolder()
    symlinkSync('/etc/hostname', join(folder, 'link'))
    execFileSync('mkfifo', [join(folder, 'fifo')])
    await expect(linesOf(join(folder, 'link'))).rejects.toMatchObject({ code: 'PATH_IS_SYMLINK' })
    await expect(linesOf(join(folder, 'fifo'))).rejects.toMatchObject({ code: 'LOG_READ_ERROR' })
  })
})
