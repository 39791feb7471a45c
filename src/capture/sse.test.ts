import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SseBlocks, sseData } from './sse.js'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

function blocksOf(chunks: readonly Uint8Array[]): { blocks: string[]; rest: string } {
  const reader = new SseBlocks()
  const blocks = chunks.flatMap((chunk) => reader.push(chunk)).map((block) => Buffer.from(block).toString())
  return { blocks, rest: Buffer.from(reader.rest()).toString() }
}

test.each([
  ['LF', 'data: a\n\ndata: b\n\n', ['data: a\n\n', 'data: b\n\n'], ''],
  ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', ['data: a\r\n\r\n', 'data: b\r\n\r\n'], ''],
  ['CR', 'data: a\r\rdata: b\r\r', ['data: a\r\r', 'data: b\r\r'], ''],
  ['an unfinished block', 'data: a\n\ndata: b\n', ['data: a\n\n'], 'data: b\n'],
  ['several lines', 'event: x\ndata: a\ndata: b\n\n', ['event: x\ndata: a\ndata: b\n\n'], ''],
  ['nothing', '', [], ''],
])('blocks end with a blank line: %s', (_name, text, blocks, rest) => {
  expect(blocksOf([encode(text)])).toEqual({ blocks, rest })
})

test('whatever the chunks, the bytes are kept and the data is the same', () => {
  const piece = fc.constantFrom(
    'data: é€😀',
    'data:{"a":1}',
    ': comment',
    'event: x',
    '\n',
    '\r\n',
    '\n\n',
    'x',
  )
  fc.assert(
    fc.property(fc.array(piece), fc.array(fc.nat(40)), (pieces, cuts) => {
      const bytes = encode(pieces.join(''))
      const chunks: Uint8Array[] = []
      let from = 0
      for (const cut of cuts) {
        chunks.push(bytes.subarray(from, from + cut))
        from += cut
      }
      chunks.push(bytes.subarray(from))
      const whole = blocksOf([bytes])
      const cut = blocksOf(chunks)
      expect(cut.blocks.join('') + cut.rest).toBe(pieces.join(''))
      const dataOf = (blocks: string[]) => blocks.map((block) => sseData(encode(block))).filter(Boolean)
      expect(dataOf(cut.blocks)).toEqual(dataOf(whole.blocks))
    }),
  )
})

test.each([
  ['one line', 'data: {"a":1}\n\n', '{"a":1}'],
  ['no space', 'data:x\n\n', 'x'],
  ['only the first space goes', 'data:  x\n\n', ' x'],
  ['lines are joined', 'data: a\r\ndata: b\r\n\r\n', 'a\nb'],
  ['an empty line of data', 'data\n\n', ''],
  ['a comment', ': ping\n\n', undefined],
  ['another field', 'database: x\n\n', undefined],
  ['event and data', 'event: x\nid: 1\ndata: y\n\n', 'y'],
])('data of a block: %s', (_name, block, data) => {
  expect(sseData(encode(block))).toBe(data)
})
