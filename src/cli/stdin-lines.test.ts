import { expect, test } from 'vitest'
import { type InputLine, MAX_LINE_BYTES, readLines } from './stdin-lines.js'

async function linesOf(...chunks: (string | Uint8Array)[]): Promise<InputLine[]> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
  }
  const lines: InputLine[] = []
  for await (const line of readLines(bytes())) lines.push(line)
  return lines
}

const euro = Buffer.from('€')

test.each<[string, (string | Uint8Array)[], InputLine[]]>([
  ['nothing', [], []],
  ['blank lines only', ['\n \r\n\t\n'], []],
  ['one line without an end', ['a'], [{ line: 1, text: 'a' }]],
  [
    'line ends of both kinds',
    ['a\r\nb\n'],
    [
      { line: 1, text: 'a\r' },
      { line: 2, text: 'b' },
    ],
  ],
  [
    'blank lines between',
    ['a\n\n\nb'],
    [
      { line: 1, text: 'a' },
      { line: 4, text: 'b' },
    ],
  ],
  [
    'a line over chunks',
    ['a', 'b', 'c\nd'],
    [
      { line: 1, text: 'abc' },
      { line: 2, text: 'd' },
    ],
  ],
  ['a character over chunks', [euro.subarray(0, 1), euro.subarray(1)], [{ line: 1, text: '€' }]],
  [
    'a byte order mark',
    ['\uFEFFa\n\uFEFFb'],
    [
      { line: 1, text: 'a' },
      { line: 2, text: '\uFEFFb' },
    ],
  ],
  [
    'bytes that are not UTF-8',
    [Buffer.from([0xff, 0x0a]), 'b'],
    [
      { line: 1, problem: 'the line is not UTF-8' },
      { line: 2, text: 'b' },
    ],
  ],
])('%s', async (_name, chunks, expected) => {
  expect(await linesOf(...chunks)).toEqual(expected)
})

test('a line past the bound is reported, and the next one is read', async () => {
  const mebibyte = 'x'.repeat(1024 * 1024)
  const chunks = Array.from({ length: MAX_LINE_BYTES / mebibyte.length + 1 }, () => mebibyte)
  expect(await linesOf(...chunks, '\nb')).toEqual([
    { line: 1, problem: expect.stringContaining('longer') },
    { line: 2, text: 'b' },
  ])
})
